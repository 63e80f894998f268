// What one client still has to receive. Bounded: when its connection does not keep up, a stream of states forgets its
// oldest, a stream that may not have holes ends with a typed error so that the client resumes from its cursor.

import { RequestRefused } from '../respond/graph-error.ts';
import type { Result } from '../respond/result.ts';

export type Overflow = 'drop-oldest' | 'close';

/** Results a client may lag behind, beyond what its socket buffers. */
export const MAX_QUEUED_RESULTS = 64;

interface Waiting {
  readonly resolve: (next: IteratorResult<Result>) => void;
  readonly reject: (error: RequestRefused) => void;
}

export class EventQueue implements AsyncIterableIterator<Result> {
  readonly #overflow: Overflow;
  readonly #onLeave: (() => void)[] = [];
  readonly #results: Result[] = [];
  #waiting: Waiting | undefined;
  #end: { readonly error: RequestRefused | undefined } | undefined;

  constructor(overflow: Overflow) {
    this.#overflow = overflow;
  }

  /** Registers what to do once, when the client leaves or its stream ends. */
  onLeave(callback: () => void): void {
    this.#onLeave.push(callback);
  }

  push(result: Result): void {
    if (this.#end) return;
    if (this.#waiting) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ value: result, done: false });
      return;
    }
    this.#results.push(result);
    if (this.#results.length <= MAX_QUEUED_RESULTS) return;
    if (this.#overflow === 'drop-oldest') {
      this.#results.shift();
    } else {
      this.#results.length = 0;
      this.end(RequestRefused.because(503, 'SLOW_CONSUMER', `the client fell more than ${MAX_QUEUED_RESULTS} events behind`));
    }
  }

  /** Ends the stream behind what is queued; with an error when it did not end by itself. */
  end(error?: RequestRefused): void {
    if (this.#end) return;
    this.#end = { error };
    for (const callback of this.#onLeave) callback();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting && error) waiting.reject(error);
    else waiting?.resolve({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<Result>> {
    const result = this.#results.shift();
    if (result) return Promise.resolve({ value: result, done: false });
    if (!this.#end) return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    const { error } = this.#end;
    this.#end = { error: undefined };
    return error ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true });
  }

  /** The client leaves. */
  return(): Promise<IteratorResult<Result>> {
    this.#results.length = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
