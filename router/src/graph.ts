// Everything derived from one supergraph, with the caches that are only valid for it. A reload makes a new Graph and lets
// the old one go with its last request.

import { Authorizer, type Permitted } from './authorize/authorize.ts';
import { Requirements } from './authorize/requirements.ts';
import type { Identity } from './authenticate/identity.ts';
import type { RouterConfig } from './config.ts';
import { CostDirectives } from './cost/cost-directives.ts';
import { CostModel } from './cost/cost-model.ts';
import type { CompiledPlan } from './execute/compile-plan.ts';
import type { CallSubgraph } from './execute/run-plan.ts';
import type { CacheTally } from './observe/cache-tally.ts';
import type { LimitsConfig } from './parse/limits-config.ts';
import { OperationParser, type Operation } from './parse/operation.ts';
import { coerceVariables, type Variables } from './parse/variables.ts';
import { OverrideLabels } from './plan/override-labels.ts';
import type { OpenPlanner } from './plan/open-planner.ts';
import type { Planner } from './plan/planner.ts';
import { Plans } from './plan/plans.ts';
import { readSupergraph, type Supergraph } from './plan/supergraph.ts';
import { Leases } from './reload/leases.ts';
import { Introspection } from './respond/introspection.ts';
import { ProjectorCache } from './respond/projector-cache.ts';

export interface Graph extends AsyncDisposable {
  readonly supergraph: Supergraph;
  readonly limits: LimitsConfig;
  readonly parser: OperationParser;
  readonly authorizer: Authorizer;
  readonly costs: CostModel;
  readonly plans: Plans;
  readonly projectors: ProjectorCache;
  readonly introspection: Introspection;
  /** Reaches the subgraphs where this supergraph says they are. */
  readonly call: CallSubgraph;
  /** Held by whatever runs on this graph; the graph is closed behind the last. */
  readonly leases: Leases;
  /** What the pipeline does up to execution, for what is already running: a subscription moves to this graph. */
  prepare(text: string, operationName: string | undefined, request: { readonly identity: Identity; readonly variables: Variables }): Promise<{ readonly operation: Operation; readonly permitted: Permitted; readonly plan: CompiledPlan ; readonly coerced: Variables }>;
}

export type GraphSettings = Pick<RouterConfig, 'authorization' | 'cost' | 'limits' | 'overrides' | 'planning' | 'subgraphUrls'>;

export interface GraphParts {
  readonly openPlanner: OpenPlanner;
  readonly connect: (supergraph: Supergraph) => AsyncDisposable & { readonly call: CallSubgraph };
  readonly onPlanningFailure: (error: unknown, operation: string) => void;
  /** Of what the parser and the plans keep. */
  readonly tallies: { readonly documents: CacheTally; readonly plans: CacheTally };
}

/** @throws {SupergraphRefused} when the SDL is not a supergraph this router can serve. */
export async function openGraph(sdl: string, settings: GraphSettings, parts: GraphParts): Promise<Graph> {
  const { planner, description } = await parts.openPlanner({ sdl }, settings.planning);
  try {
    return createGraph(planner, readSupergraph(sdl, description, settings.subgraphUrls), settings, parts);
  } catch (error) {
    await planner[Symbol.asyncDispose]();
    throw error;
  }
}

function createGraph(planner: Planner, supergraph: Supergraph, { authorization, cost, limits, overrides }: GraphSettings, { connect, onPlanningFailure, tallies }: GraphParts): Graph {
  const { apiSchema } = supergraph;
  const parser = new OperationParser(apiSchema, limits, planner, tallies.documents);
  const authorizer = new Authorizer(apiSchema, new Requirements(supergraph.document, authorization));
  const labels = new OverrideLabels(supergraph.document, { on: overrides.labels, plannerNames: supergraph.plannerNames.added, random: Math.random });
  const plans = new Plans({ planner, types: supergraph.types, overrides: labels, onFailure: onPlanningFailure, tally: tallies.plans });
  const connections = connect(supergraph);
  return {
    supergraph,
    limits,
    parser,
    authorizer,
    costs: new CostModel(apiSchema, new CostDirectives(supergraph.document), cost),
    plans,
    projectors: new ProjectorCache(apiSchema, supergraph.plannerNames),
    introspection: new Introspection(apiSchema),
    call: connections.call,
    leases: new Leases(),
    async prepare(text, operationName, { identity, variables }) {
      const operation = await parser.parse(text, operationName);
      const coerced = coerceVariables(apiSchema, operation, variables, limits);
      const permitted = authorizer.authorize(operation, identity, coerced);
      return { operation, permitted, plan: await plans.of(permitted, coerced), coerced };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([planner[Symbol.asyncDispose](), connections[Symbol.asyncDispose]()]);
    },
  };
}
