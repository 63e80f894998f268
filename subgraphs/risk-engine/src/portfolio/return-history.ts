// Daily returns of instruments, read once and kept until a close changes: values at risk are asked for far more often than
// days end.

import type pg from 'pg';
import { returnsOf, type Returns } from '../domain/returns.ts';
import { readCloses } from '../store/close-store.ts';

/** A thousand returns are some tens of kilobytes. */
const MAX_INSTRUMENTS = 1_000;

export class ReturnHistory {
  readonly #pool: pg.Pool;
  readonly #now: () => number;
  readonly #known = new Map<string, Returns>();
  /** Counts changes, so that a read that began before one is not kept. */
  #changes = 0;

  constructor(pool: pg.Pool, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  /** Returns of each instrument, empty without history; one statement for all that are not known yet. */
  async load(instrumentIds: readonly string[]): Promise<Map<string, Returns>> {
    const found = new Map<string, Returns>();
    const unknown = new Set<string>();
    for (const id of instrumentIds) {
      const known = this.#known.get(id);
      if (known) found.set(id, known);
      else unknown.add(id);
    }
    if (unknown.size === 0) return found;
    const changes = this.#changes;
    for (const [id, closes] of await readCloses(this.#pool, [...unknown], this.#now())) {
      const returns = returnsOf(closes);
      found.set(id, returns);
      if (changes === this.#changes) this.#keep(id, returns);
    }
    return found;
  }

  forget(instrumentId: string): void {
    this.#changes++;
    this.#known.delete(instrumentId);
  }

  forgetAll(): void {
    this.#changes++;
    this.#known.clear();
  }

  #keep(id: string, returns: Returns): void {
    if (this.#known.size >= MAX_INSTRUMENTS) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(id, returns);
  }
}
