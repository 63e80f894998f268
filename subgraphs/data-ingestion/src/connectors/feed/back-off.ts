// Waiting longer after every failure in a row, with jitter so that many connectors do not come back at once.

import type { Random } from '../../domain/random.ts';

export interface BackOffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly random: Random;
}

/** Doublings at most; more would only overflow. */
const MAX_DOUBLINGS = 30;

/** @param failures - in a row before this wait, from 0. @returns from half of the doubled time to all of it. */
export function backOffMs(failures: number, { firstMs, maxMs, random }: BackOffOptions): number {
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures, MAX_DOUBLINGS));
  return ceilingMs / 2 + (random() * ceilingMs) / 2;
}

/** The first repetition follows at once; each further one within `forgetMs` of the one before waits longer. */
export class RepeatPacer {
  readonly #options: BackOffOptions & { readonly forgetMs: number };
  #repeats = 0;
  #lastMs = -Infinity;

  constructor(options: BackOffOptions & { readonly forgetMs: number }) {
    this.#options = options;
  }

  /** @returns how long to wait before doing it once more. */
  next(nowMs: number): number {
    this.#repeats = nowMs - this.#lastMs > this.#options.forgetMs ? 0 : this.#repeats + 1;
    this.#lastMs = nowMs;
    return this.#repeats === 0 ? 0 : backOffMs(this.#repeats - 1, this.#options);
  }
}
