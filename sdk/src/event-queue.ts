// Events between a socket, which does not wait, and a reader, who may be slow. The queue is bounded: past the bound a
// stream that can be resumed fails, to be resumed from the last event read; one that cannot loses its oldest event.

/** A reader this far behind is not coming back soon; 1,000 joined events are a few megabytes. */
export const MAX_QUEUED_EVENTS = 1_000;

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (error: unknown) => void;
}

export class EventQueue<T> {
  readonly #events: T[] = [];
  readonly #overflow: (() => Error) | undefined;
  #waiting: Waiting<T> | undefined;
  #end: { readonly error?: unknown } | undefined;

  /** @param overflow - makes the error for one event too many; without it the oldest goes. */
  constructor(overflow?: () => Error) {
    this.#overflow = overflow;
  }

  push(event: T): void {
    if (this.#end) return;
    if (this.#waiting) return this.#settle((waiting) => waiting.resolve({ value: event, done: false }));
    if (this.#events.length >= MAX_QUEUED_EVENTS) {
      if (this.#overflow) return this.fail(this.#overflow());
      this.#events.shift();
    }
    this.#events.push(event);
  }

  /** What was pushed before is still read. */
  finish(): void {
    this.#end ??= {};
    this.#settle((waiting) => waiting.resolve({ value: undefined, done: true }));
  }

  /** What was pushed before is still read; then the error is thrown. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#settle((waiting) => waiting.reject(error));
  }

  next(): Promise<IteratorResult<T>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#end) return 'error' in this.#end ? Promise.reject(this.#end.error) : Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  #settle(settle: (waiting: Waiting<T>) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) settle(waiting);
  }
}
