// The engine's time: wall clock at the start, carried on by the monotonic clock, and never before the journal's last
// command, so that a clock set back does not turn time around.

export class EngineClock {
  readonly #offsetNs: bigint;
  #lastNs: bigint;

  constructor(notBeforeNs: bigint) {
    this.#offsetNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
    this.#lastNs = notBeforeNs;
  }

  /** Nanoseconds since the epoch; never less than before. */
  now(): bigint {
    const now = process.hrtime.bigint() + this.#offsetNs;
    if (now > this.#lastNs) this.#lastNs = now;
    return this.#lastNs;
  }
}
