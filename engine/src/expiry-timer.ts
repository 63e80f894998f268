// Wakes the engine when an order expires and nothing else happens: time passes in the core only with commands, so at the
// earliest expiry the engine sends itself ADVANCE_TIME. One timer, armed from what every result says is due next; without
// such orders there is none, and an idle engine stays idle.

/** Longest wait that setTimeout takes; a later expiry is waited for in parts. */
const MAX_WAIT_MS = 2 ** 31 - 1;
/** The journal's clock may be a moment behind this one, and the ring may be full: then it is tried again. */
const MIN_WAIT_MS = 1;

export interface ExpiryTimerParts {
  /** Sends ADVANCE_TIME; false when there is no room now. */
  readonly advanceTime: () => boolean;
  /** Unix microseconds. */
  readonly nowMicros: () => number;
}

export class ExpiryTimer implements Disposable {
  readonly #parts: ExpiryTimerParts;
  #dueMicros = 0;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(parts: ExpiryTimerParts) {
    this.#parts = parts;
  }

  /** @param dueMicros - when the next order expires, in Unix microseconds; 0 for never. */
  note(dueMicros: number): void {
    if (this.#isDisposed) return;
    if (dueMicros === this.#dueMicros && (dueMicros === 0 || this.#timer !== undefined)) return;
    this.#dueMicros = dueMicros;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (dueMicros !== 0) this.#arm();
  }

  /** Nothing is sent any more. */
  [Symbol.dispose](): void {
    this.note(0);
    this.#isDisposed = true;
  }

  #arm(): void {
    const waitMs = Math.ceil((this.#dueMicros - this.#parts.nowMicros()) / 1_000);
    this.#timer = setTimeout(() => this.#fire(), Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, waitMs)));
  }

  /** Sent, it is the result's business what is due next. */
  #fire(): void {
    this.#timer = undefined;
    if (this.#parts.nowMicros() < this.#dueMicros || !this.#parts.advanceTime()) this.#arm();
  }
}
