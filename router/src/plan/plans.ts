// From a permitted operation to its compiled plan: cached by normalised text, made once however many wait for it.

import type { Permitted } from '../authorize/authorize.ts';
import { compilePlan, type CompiledPlan } from '../execute/compile-plan.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { PlanCache } from './plan-cache.ts';
import type { Planner } from './planner.ts';
import { selectsData } from './selects-data.ts';
import type { TypeTable } from './type-table.ts';

export interface PlansOptions {
  readonly planner: Planner;
  readonly types: TypeTable;
  readonly onFailure: (error: unknown, operation: string) => void;
}

const NOTHING_TO_FETCH: CompiledPlan = { steps: [] };

/** @returns a plan at once when it is known. */
export function createPlans({ planner, types, onFailure }: PlansOptions): (permitted: Permitted) => CompiledPlan | Promise<CompiledPlan> {
  const plans = new PlanCache<CompiledPlan>();
  const make = async ({ key, definition }: Permitted): Promise<CompiledPlan> => {
    try {
      const plan = await planner.plan(key, []);
      if (!plan.node && selectsData(definition)) throw new Error('the planner found nothing to fetch for an operation that selects data');
      return compilePlan(plan, types);
    } catch (error) {
      if (error instanceof RequestRefused) throw error;
      onFailure(error, key);
      throw RequestRefused.because(400, 'PLANNING_FAILED', 'no plan for this operation');
    }
  };
  return (permitted) => (permitted.isEmpty ? NOTHING_TO_FETCH : (plans.peek(permitted.key) ?? plans.get(permitted.key, () => make(permitted))));
}
