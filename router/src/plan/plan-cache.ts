// Compiled plans by normalised operation. The map is bounded, and however many requests meet a cold operation at once,
// it is planned once: later ones await the same promise. A failed plan is not kept.

import { LRUCache } from 'lru-cache';

/** A compiled plan is tens of kilobytes; this many is the working set of a large application. */
const MAX_CACHED_PLANS = 2_000;

export class PlanCache<Plan extends object> {
  readonly #inFlight = new Map<string, Promise<Plan>>();
  readonly #ready = new LRUCache<string, { readonly plan: Plan; uses: number }>({ max: MAX_CACHED_PLANS });

  /** The plan if it is there already: hot operations never leave the current turn of the event loop. */
  peek(key: string): Plan | undefined {
    const known = this.#ready.get(key);
    if (!known) return undefined;
    known.uses++;
    return known.plan;
  }

  /** @param make - bounds how many plans are in flight, by refusing. */
  async get(key: string, make: () => Promise<Plan>): Promise<Plan> {
    const inFlight = this.#inFlight.get(key);
    if (inFlight) return inFlight;
    const planning = make();
    this.#inFlight.set(key, planning);
    try {
      const plan = await planning;
      this.#ready.set(key, { plan, uses: 1 });
      return plan;
    } finally {
      this.#inFlight.delete(key);
    }
  }

  /** The keys that were asked most often. */
  hottest(count: number): readonly string[] {
    return [...this.#ready.entries()].sort(([, a], [, b]) => b.uses - a.uses).slice(0, count).map(([key]) => key);
  }

  get size(): number {
    return this.#ready.size;
  }
}
