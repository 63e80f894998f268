// Compiled plans by normalised operation. The map is bounded, and however many requests meet a cold operation at once,
// it is planned once: later ones await the same promise. A failed plan is not kept.

import { LRUCache } from 'lru-cache';

/** A compiled plan is tens of kilobytes; this many is the working set of a large application. */
const MAX_CACHED_PLANS = 2_000;

export class PlanCache<Plan extends object> {
  readonly #plans = new LRUCache<string, Promise<Plan>>({ max: MAX_CACHED_PLANS });
  readonly #ready = new LRUCache<string, Plan>({ max: MAX_CACHED_PLANS });

  /** The plan if it is there already: hot operations never leave the current turn of the event loop. */
  peek(key: string): Plan | undefined {
    return this.#ready.get(key);
  }

  async get(key: string, make: () => Promise<Plan>): Promise<Plan> {
    const inFlight = this.#plans.get(key);
    if (inFlight) return inFlight;
    const planning = make();
    this.#plans.set(key, planning);
    try {
      const plan = await planning;
      this.#ready.set(key, plan);
      return plan;
    } finally {
      this.#plans.delete(key);
    }
  }

  get size(): number {
    return this.#ready.size;
  }
}
