// How many still use something that is to be closed after its last user.

export class Leases {
  #count = 0;
  #free: (() => void) | undefined;

  take(): Disposable {
    this.#count++;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#count--;
        if (this.#count === 0) this.#free?.();
      },
    };
  }

  /** Resolves once nobody holds a lease; no lease may be taken after that. */
  async ended(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => (this.#free = resolve));
  }
}
