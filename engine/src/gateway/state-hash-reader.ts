// The hash of the live state, read in slices between commands so that none of them waits for it. It can only be had at a
// moment when no command comes while it is read; one reading serves all who ask meanwhile, and after each there is a rest.

import { setTimeout as pauseFor } from 'node:timers/promises';
import type { LastSequences, StateAnswers } from '../workers/state-query.ts';
import type { StateReader } from './state-reader.ts';

/** Commands that come all the time leave no moment to read in; after so many tries there is no hash. */
const MAX_BEGINNINGS = 16;
/** From the end of one reading to the beginning of the next. */
export const REST_MS = 1_000;

export interface HashedState extends LastSequences {
  /** Empty when commands kept coming. */
  readonly stateHash: string;
}

interface Clock {
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

export class StateHashReader {
  readonly #state: Pick<StateReader, 'ask'>;
  readonly #clock: Clock;
  #reading: Promise<HashedState> | undefined;
  #last: HashedState | undefined;
  #restUntilMs = 0;

  constructor(state: Pick<StateReader, 'ask'>, clock: Clock = { nowMs: () => performance.now(), pause: pauseFor }) {
    this.#state = state;
    this.#clock = clock;
  }

  /** @returns the hash of a state that was the engine's after the call, with the sequences it goes with. */
  async read(): Promise<HashedState> {
    const { lastCommandSequence } = await this.#state.ask<'status'>({ kind: 'status' });
    if (this.#last?.lastCommandSequence === lastCommandSequence) return this.#last;
    this.#reading ??= this.#readAfterRest().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAfterRest(): Promise<HashedState> {
    const restMs = this.#restUntilMs - this.#clock.nowMs();
    if (restMs > 0) await this.#clock.pause(restMs);
    try {
      const read = await this.#readSlices();
      if (read.stateHash !== '') this.#last = read;
      return read;
    } finally {
      this.#restUntilMs = this.#clock.nowMs() + REST_MS;
    }
  }

  async #readSlices(): Promise<HashedState> {
    for (let beginnings = 1; ; beginnings++) {
      const { overtaken, hash = '', lastCommandSequence, lastEventSequence } = await this.#readFromBeginning();
      if (!overtaken || beginnings === MAX_BEGINNINGS) return { stateHash: hash, lastCommandSequence, lastEventSequence };
    }
  }

  /** Until the hash is there or a command has come between. */
  async #readFromBeginning(): Promise<StateAnswers['hash-slice']> {
    let slice = await this.#state.ask<'hash-slice'>({ kind: 'hash-slice', first: true });
    while (slice.hash === undefined && !slice.overtaken) slice = await this.#state.ask<'hash-slice'>({ kind: 'hash-slice', first: false });
    return slice;
  }
}
