// Those who wait for a row that is on its way: an account whose announcement has not come through the bus yet.

/** Waiting callers beyond this are told no at once; each is one request in flight. */
const MAX_WAITING = 10_000;

export class Arrivals {
  readonly #waiting = new Map<string | number, Set<(arrived: boolean) => void>>();
  #count = 0;

  /** True once `key` arrives, false after `timeoutMs`. Begin to wait before you look, so that nothing slips between. */
  wait(key: string | number, timeoutMs: number): Promise<boolean> {
    if (this.#count >= MAX_WAITING) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      const settle = (arrived: boolean): void => {
        clearTimeout(timer);
        if (!waiting.delete(settle)) return;
        this.#count--;
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve(arrived);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#waiting.set(key, waiting.add(settle));
      this.#count++;
    });
  }

  arrived(key: string | number): void {
    for (const settle of this.#waiting.get(key) ?? []) settle(true);
  }
}
