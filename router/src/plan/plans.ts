// From a permitted operation to its compiled plan: cached by normalised text, made once however many wait for it.

import { LRUCache } from 'lru-cache';
import type { Permitted } from '../authorize/authorize.ts';
import { compilePlan, type CompiledPlan } from '../execute/compile-plan.ts';
import type { CacheTally } from '../observe/cache-tally.ts';
import type { Variables } from '../parse/variables.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { PlanCache } from './plan-cache.ts';
import type { OverrideLabels } from './override-labels.ts';
import type { Planner } from './planner.ts';
import { Conditions, type Settled } from './settle-conditions.ts';
import { selectsData } from './selects-data.ts';
import type { TypeTable } from './type-table.ts';

export interface PlansOptions {
  readonly planner: Planner;
  readonly types: TypeTable;
  readonly overrides: OverrideLabels;
  readonly onFailure: (error: unknown, operation: string) => void;
  readonly tally: CacheTally;
}

/** What could not be planned a moment ago is not tried again for each request: it would take the thread from others. */
const MAX_REFUSED = 500;
const REFUSED_FOR_MS = 60_000;
const NOTHING_TO_FETCH: CompiledPlan = { steps: [] };

export class Plans {
  readonly #options: PlansOptions;
  readonly #conditions = new Conditions();
  readonly #cache = new PlanCache<CompiledPlan>();
  readonly #refused = new LRUCache<string, RequestRefused>({ max: MAX_REFUSED, ttl: REFUSED_FOR_MS });

  constructor(options: PlansOptions) {
    this.#options = options;
  }

  /**
   * @param coerced - the variables; @skip and @include are decided by them.
   * @returns a plan at once when it is known.
   */
  of(permitted: Permitted, coerced: Variables): CompiledPlan | Promise<CompiledPlan> {
    if (permitted.isEmpty) return NOTHING_TO_FETCH;
    const settled = this.#conditions.settle(permitted, coerced);
    if (settled.isEmpty) return NOTHING_TO_FETCH;
    const overrides = this.#options.overrides.choose(settled.definition);
    // A comment keeps the key a document.
    const key = overrides.length === 0 ? settled.key : `${settled.key}\n# ${overrides.join(' ')}`;
    const known = this.#cache.peek(key);
    if (known) {
      this.#options.tally.hits++;
      return known;
    }
    this.#options.tally.misses++;
    const refused = this.#refused.get(settled.key);
    if (refused) throw refused;
    return this.#cache.get(key, () => this.#make(settled, overrides));
  }

  /** Normalised texts of the operations that were asked most often. */
  hottest(count: number): readonly string[] {
    return this.#cache.hottest(count);
  }

  async #make({ key, definition }: Settled, labels: readonly string[]): Promise<CompiledPlan> {
    const { planner, types, onFailure } = this.#options;
    try {
      const plan = await planner.plan(key, labels);
      if (!plan.node && selectsData(definition)) throw new Error('the planner found nothing to fetch for an operation that selects data');
      return compilePlan(plan, types);
    } catch (error) {
      const refusal = error instanceof RequestRefused ? error : RequestRefused.because(400, 'PLANNING_FAILED', 'no plan for this operation');
      if (refusal !== error) onFailure(error, key);
      if (PERSISTENT.has(refusal.errors[0]?.extensions.code ?? '')) this.#refused.set(key, refusal);
      throw refusal;
    }
  }
}

/** Reasons that lie in the operation. */
const PERSISTENT: ReadonlySet<string> = new Set(['PLANNING_FAILED', 'PLANNING_TIMEOUT']);
