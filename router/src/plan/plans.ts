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

export class Plans {
  readonly #options: PlansOptions;
  readonly #cache = new PlanCache<CompiledPlan>();

  constructor(options: PlansOptions) {
    this.#options = options;
  }

  /** @returns a plan at once when it is known. */
  of(permitted: Permitted): CompiledPlan | Promise<CompiledPlan> {
    if (permitted.isEmpty) return NOTHING_TO_FETCH;
    return this.#cache.peek(permitted.key) ?? this.#cache.get(permitted.key, () => this.#make(permitted));
  }

  /** Normalised texts of the operations that were asked most often. */
  hottest(count: number): readonly string[] {
    return this.#cache.hottest(count);
  }

  async #make({ key, definition }: Permitted): Promise<CompiledPlan> {
    const { planner, types, onFailure } = this.#options;
    try {
      const plan = await planner.plan(key, []);
      if (!plan.node && selectsData(definition)) throw new Error('the planner found nothing to fetch for an operation that selects data');
      return compilePlan(plan, types);
    } catch (error) {
      if (error instanceof RequestRefused) throw error;
      onFailure(error, key);
      throw RequestRefused.because(400, 'PLANNING_FAILED', 'no plan for this operation');
    }
  }
}
