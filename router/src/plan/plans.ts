// From a permitted operation to its compiled plan: cached by normalised text, made once however many wait for it.

import type { Permitted } from '../authorize/authorize.ts';
import { compilePlan, type CompiledPlan } from '../execute/compile-plan.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { PlanCache } from './plan-cache.ts';
import type { OverrideLabels } from './override-labels.ts';
import type { Planner } from './planner.ts';
import { selectsData } from './selects-data.ts';
import type { TypeTable } from './type-table.ts';

export interface PlansOptions {
  readonly planner: Planner;
  readonly types: TypeTable;
  readonly overrides: OverrideLabels;
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
    const overrides = this.#options.overrides.choose(permitted.definition);
    // A comment keeps the key a document.
    const key = overrides.length === 0 ? permitted.key : `${permitted.key}\n# ${overrides.join(' ')}`;
    return this.#cache.peek(key) ?? this.#cache.get(key, () => this.#make(permitted, overrides));
  }

  /** Normalised texts of the operations that were asked most often. */
  hottest(count: number): readonly string[] {
    return this.#cache.hottest(count);
  }

  async #make({ key, definition }: Permitted, labels: readonly string[]): Promise<CompiledPlan> {
    const { planner, types, onFailure } = this.#options;
    try {
      const plan = await planner.plan(key, labels);
      if (!plan.node && selectsData(definition)) throw new Error('the planner found nothing to fetch for an operation that selects data');
      return compilePlan(plan, types);
    } catch (error) {
      if (error instanceof RequestRefused) throw error;
      onFailure(error, key);
      throw RequestRefused.because(400, 'PLANNING_FAILED', 'no plan for this operation');
    }
  }
}
