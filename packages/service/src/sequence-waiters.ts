// Those who wait until the projection has reached an event: they are woken by the commit, nobody polls.

/** Waiting callers beyond this are told no at once; each is one request in flight. */
const MAX_WAITERS = 10_000;

interface Waiter {
  readonly sequence: number;
  readonly settle: (reached: boolean) => void;
}

export class SequenceWaiters {
  #reached: number;
  readonly #waiters = new Set<Waiter>();

  constructor(reached: number) {
    this.#reached = reached;
  }

  get reached(): number {
    return this.#reached;
  }

  /** True once `sequence` is reached, false after `timeoutMs`. */
  wait(sequence: number, timeoutMs: number): Promise<boolean> {
    if (sequence <= this.#reached) return Promise.resolve(true);
    if (this.#waiters.size >= MAX_WAITERS) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        sequence,
        settle: (reached) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => waiter.settle(false), timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  advance(sequence: number): void {
    if (sequence <= this.#reached) return;
    this.#reached = sequence;
    for (const waiter of this.#waiters) if (waiter.sequence <= sequence) waiter.settle(true);
  }

  /** Tells everybody no. */
  close(): void {
    for (const waiter of this.#waiters) waiter.settle(false);
  }
}
