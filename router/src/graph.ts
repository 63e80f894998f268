// Everything derived from one supergraph, with the caches that are only valid for it. A reload makes a new Graph and lets
// the old one go with its last request.

import { Authorizer, type Permitted } from './authorize/authorize.ts';
import { Requirements } from './authorize/requirements.ts';
import type { RouterConfig } from './config.ts';
import { compilePlan, type CompiledPlan } from './execute/compile-plan.ts';
import { OperationParser } from './parse/operation.ts';
import { PlanCache } from './plan/plan-cache.ts';
import { selectsData } from './plan/selects-data.ts';
import type { Supergraph } from './plan/supergraph.ts';
import { Introspection } from './respond/introspection.ts';
import { ProjectorCache } from './respond/projector-cache.ts';
import { RequestRefused } from './respond/graph-error.ts';

export interface Graph {
  readonly supergraph: Supergraph;
  readonly parser: OperationParser;
  readonly authorizer: Authorizer;
  readonly projectors: ProjectorCache;
  readonly introspection: Introspection;
  readonly plan: (permitted: Permitted) => CompiledPlan | Promise<CompiledPlan>;
}

const NOTHING_TO_FETCH: CompiledPlan = { steps: [] };

export function createGraph(supergraph: Supergraph, { limits }: Pick<RouterConfig, 'limits'>, onPlanningFailure: (error: unknown, operation: string) => void): Graph {
  const { apiSchema } = supergraph;
  const plans = new PlanCache<CompiledPlan>();
  const make = async (permitted: Permitted): Promise<CompiledPlan> => {
    try {
      const plan = await supergraph.planner.plan(permitted.document);
      if (!plan.node && selectsData(permitted.definition)) throw new Error('the planner found nothing to fetch for an operation that selects data');
      return compilePlan(plan, supergraph.types);
    } catch (error) {
      onPlanningFailure(error, permitted.key);
      throw RequestRefused.because(400, 'PLANNING_FAILED', 'no plan for this operation');
    }
  };
  return {
    supergraph,
    parser: new OperationParser(apiSchema, limits),
    authorizer: new Authorizer(apiSchema, new Requirements(supergraph.document)),
    projectors: new ProjectorCache(apiSchema),
    introspection: new Introspection(apiSchema),
    plan: (permitted) => (permitted.isEmpty ? NOTHING_TO_FETCH : (plans.peek(permitted.key) ?? plans.get(permitted.key, () => make(permitted)))),
  };
}
