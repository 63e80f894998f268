// Everything derived from one supergraph, with the caches that are only valid for it. A reload makes a new Graph and lets
// the old one go with its last request.

import { Authorizer, type Permitted } from './authorize/authorize.ts';
import { Requirements } from './authorize/requirements.ts';
import type { RouterConfig } from './config.ts';
import type { CompiledPlan } from './execute/compile-plan.ts';
import type { LimitsConfig } from './parse/limits-config.ts';
import { OperationParser } from './parse/operation.ts';
import { PlannerThreads } from './plan/planner-threads.ts';
import { createPlans } from './plan/plans.ts';
import { readSupergraph, type Supergraph } from './plan/supergraph.ts';
import { Introspection } from './respond/introspection.ts';
import { ProjectorCache } from './respond/projector-cache.ts';

export interface Graph extends AsyncDisposable {
  readonly supergraph: Supergraph;
  readonly limits: LimitsConfig;
  readonly parser: OperationParser;
  readonly authorizer: Authorizer;
  readonly projectors: ProjectorCache;
  readonly introspection: Introspection;
  readonly plan: (permitted: Permitted) => CompiledPlan | Promise<CompiledPlan>;
}

export type GraphSettings = Pick<RouterConfig, 'limits' | 'planning' | 'subgraphUrls'>;
type OnPlanningFailure = (error: unknown, operation: string) => void;

/** @throws {SupergraphRefused} when the SDL is not a supergraph this router can serve. */
export async function openGraph(sdl: string, settings: GraphSettings, onPlanningFailure: OnPlanningFailure): Promise<Graph> {
  const { planner, description } = await PlannerThreads.start({ sdl }, settings.planning);
  try {
    return createGraph(planner, readSupergraph(sdl, description, settings.subgraphUrls), settings, onPlanningFailure);
  } catch (error) {
    await planner[Symbol.asyncDispose]();
    throw error;
  }
}

function createGraph(planner: PlannerThreads, supergraph: Supergraph, { limits }: GraphSettings, onFailure: OnPlanningFailure): Graph {
  const { apiSchema } = supergraph;
  return {
    supergraph,
    limits,
    parser: new OperationParser(apiSchema, limits),
    authorizer: new Authorizer(apiSchema, new Requirements(supergraph.document)),
    projectors: new ProjectorCache(apiSchema, supergraph.plannerNames),
    introspection: new Introspection(apiSchema),
    plan: createPlans({ planner, types: supergraph.types, onFailure }),
    [Symbol.asyncDispose]: () => planner[Symbol.asyncDispose](),
  };
}
