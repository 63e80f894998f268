// Slows a stream down for one reader: of each key at most one value per interval, always the newest. The source is drained
// at once, so what waits here is one value a key and nothing else.
//
//   source  a1 a2 b1 a3 ........ a4
//   reader  a1    b1 ...... a3 ..... a4        (one interval from a1 to a3 at least)

export interface ConflationClock {
  now(): number;
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: never): void;
}

export const SYSTEM_CONFLATION_CLOCK: ConflationClock = {
  now: () => performance.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
};

export interface ConflateOptions<T> {
  readonly keyOf: (value: T) => unknown;
  readonly intervalMs: number;
  readonly clock: ConflationClock;
}

/** Ends with the source, after its last values; a failure of the source comes through at once. */
export async function* conflate<T>(source: AsyncIterableIterator<T>, options: ConflateOptions<T>): AsyncGenerator<T> {
  const inbox = new Inbox(source, options);
  try {
    for (;;) {
      const value = inbox.takeDue();
      if (value) yield value.value;
      else if (inbox.isDone) return;
      else await inbox.change();
    }
  } finally {
    await source.return?.();
  }
}

class Inbox<T> {
  readonly #options: ConflateOptions<T>;
  /** In the order in which keys began to wait. */
  readonly #pending = new Map<unknown, T>();
  readonly #readyMs = new Map<unknown, number>();
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(source: AsyncIterable<T>, options: ConflateOptions<T>) {
    this.#options = options;
    void this.#drain(source);
  }

  get isDone(): boolean {
    return this.#ended && this.#pending.size === 0;
  }

  /** The value that has waited longest among those whose interval is over; at the source's end all are due. */
  takeDue(): { readonly value: T } | undefined {
    if (this.#failure) throw this.#failure.error;
    const nowMs = this.#options.clock.now();
    for (const [key, value] of this.#pending) {
      if (!this.#ended && (this.#readyMs.get(key) ?? -Infinity) > nowMs) continue;
      this.#pending.delete(key);
      this.#readyMs.set(key, nowMs + this.#options.intervalMs);
      return { value };
    }
    return undefined;
  }

  /** Resolves at the next value, the end of the source or the end of the shortest interval. */
  async change(): Promise<void> {
    const { clock } = this.#options;
    const due = [...this.#pending.keys()].map((key) => this.#readyMs.get(key) ?? 0);
    const nextMs = Math.min(...due) - clock.now();
    let timer: unknown;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (due.length > 0) timer = clock.setTimeout(resolve, Math.max(0, nextMs));
    });
    if (timer !== undefined) clock.clearTimeout(timer as never);
  }

  async #drain(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const value of source) {
        this.#pending.set(this.#options.keyOf(value), value);
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#wake();
  }
}
