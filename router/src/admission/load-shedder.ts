// Refuses work that would only make everybody wait: beyond a number of operations under way, or while the event loop is
// late. The check costs nothing and comes first, before a body is read or a text is parsed.

import { RequestRefused } from '../respond/graph-error.ts';
import type { AdmissionConfig } from './admission-config.ts';

const LAG_CHECK_MS = 100;

export class LoadShedder implements Disposable {
  readonly #config: AdmissionConfig;
  readonly #lag: { readonly timer: NodeJS.Timeout; ms: number } | undefined;
  #inFlight = 0;

  constructor(config: AdmissionConfig) {
    this.#config = config;
    this.#lag = config.maxEventLoopLagMs === undefined ? undefined : watchLag();
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** @throws {RequestRefused} 503 OVERLOADED with Retry-After. */
  check(): void {
    const { maxInFlight, maxEventLoopLagMs = Infinity, retryAfterSeconds } = this.#config;
    if (this.#inFlight < maxInFlight && (this.#lag?.ms ?? 0) <= maxEventLoopLagMs) return;
    throw RequestRefused.because(503, 'OVERLOADED', 'the router has more to do than it can; try again later', retryAfterSeconds);
  }

  /**
   * Takes a place; the caller gives it back by disposing it.
   *
   * @throws {RequestRefused} 503 OVERLOADED with Retry-After.
   */
  enter(): Disposable {
    this.check();
    return this.stay();
  }

  /** A place for what is let in already and has more to do. */
  stay(): Disposable {
    this.#inFlight++;
    return { [Symbol.dispose]: () => void this.#inFlight-- };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#lag?.timer);
  }
}

/** How late a timer fires is how late everything is. */
function watchLag(): { readonly timer: NodeJS.Timeout; ms: number } {
  let expectedMs = performance.now() + LAG_CHECK_MS;
  const lag = { ms: 0, timer: setInterval(tick, LAG_CHECK_MS).unref() };
  function tick(): void {
    const nowMs = performance.now();
    lag.ms = Math.max(0, nowMs - expectedMs);
    expectedMs = nowMs + LAG_CHECK_MS;
  }
  return lag;
}
