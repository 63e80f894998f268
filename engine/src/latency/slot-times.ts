// When the command in each slot of a ring entered the stage that it is in. Written and read beside the slot, under the
// ring's own order of publishing, so plain stores do. A batch shares one reading of the clock: equal neighbours are
// counted together and a command costs a load, a compare and a store, never a clock.

import type { StageHistogram } from './stage-histogram.ts';

/** A slot that is not measured, such as a query's. */
const UNMEASURED = 0;

export class SlotTimes {
  readonly #times: Float64Array;
  readonly #mask: number;

  /** @param memory - eight bytes a slot, a power of two of them. */
  constructor(memory: SharedArrayBuffer) {
    this.#times = new Float64Array(memory);
    this.#mask = this.#times.length - 1;
  }

  /** The slots from sequence `first` on enter their stage at `nowMs`. */
  enter(first: number, count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) this.#times[(first + i) & this.#mask] = nowMs;
  }

  skip(sequence: number): void {
    this.#times[sequence & this.#mask] = UNMEASURED;
  }

  /** They end their stage at `nowMs`, which is counted, and enter the next. */
  pass(first: number, count: number, nowMs: number, stage: StageHistogram): void {
    const times = this.#times;
    let since = UNMEASURED;
    let run = 0;
    for (let i = 0; i < count; i++) {
      const slot = (first + i) & this.#mask;
      const entered = times[slot]!;
      if (entered !== since) {
        if (since !== UNMEASURED) stage.record(nowMs - since, run);
        since = entered;
        run = 0;
      }
      run++;
      if (entered !== UNMEASURED) times[slot] = nowMs;
    }
    if (since !== UNMEASURED) stage.record(nowMs - since, run);
  }

  /** When the slot entered its stage. */
  at(sequence: number): number {
    return this.#times[sequence & this.#mask]!;
  }
}
