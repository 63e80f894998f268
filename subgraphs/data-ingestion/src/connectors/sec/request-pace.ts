// Keeps requests apart. The SEC asks for at most ten a second from everybody; a pace of its own, whoever asks, stays below.

import type { Clock } from '../clock.ts';

export class RequestPace {
  readonly #clock: Clock;
  readonly #apartMs: number;
  #nextMs = 0;

  /** @param apartMs - the least time between the beginnings of two requests. */
  constructor(clock: Clock, apartMs: number) {
    this.#clock = clock;
    this.#apartMs = apartMs;
  }

  /** Resolves when it is the caller's turn, in the order of asking, or at the abort of `signal`. */
  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.now();
    const atMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = atMs + this.#apartMs;
    if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs, signal);
  }
}
