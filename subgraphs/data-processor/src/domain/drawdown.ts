// Drawdown of closes: how far below their highest close so far. One pass, constant memory, so any length of history does.

export interface Drawdown {
  /** 0.25 is a fall of 25 % from the peak; 0 when closes only rose. */
  readonly depth: number;
  readonly peakMs: number;
  readonly troughMs: number;
  /** First close at or above that peak again; null while under water. */
  readonly recoveredMs: number | null;
}

export interface DrawdownResult {
  readonly deepest: Drawdown;
  /** At the last close. */
  readonly current: number;
  readonly bars: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export class DrawdownFold {
  #peak = -Infinity;
  #peakMs = 0;
  #last = 0;
  #bars = 0;
  #firstMs = 0;
  #lastMs = 0;
  #deepest: Drawdown = { depth: 0, peakMs: 0, troughMs: 0, recoveredMs: null };

  /** Closes oldest first; a close that is not positive has no drawdown and is left out. */
  add(openTimeMs: number, close: number): void {
    if (!(close > 0)) return;
    if (this.#bars++ === 0) {
      this.#firstMs = openTimeMs;
      this.#deepest = { depth: 0, peakMs: openTimeMs, troughMs: openTimeMs, recoveredMs: openTimeMs };
    }
    this.#lastMs = openTimeMs;
    this.#last = close;
    if (close >= this.#peak) {
      if (this.#deepest.recoveredMs === null) this.#deepest = { ...this.#deepest, recoveredMs: openTimeMs };
      this.#peak = close;
      this.#peakMs = openTimeMs;
      return;
    }
    const depth = 1 - close / this.#peak;
    if (depth > this.#deepest.depth) this.#deepest = { depth, peakMs: this.#peakMs, troughMs: openTimeMs, recoveredMs: null };
  }

  /** Null without any close. */
  result(): DrawdownResult | null {
    if (this.#bars === 0) return null;
    return { deepest: this.#deepest, current: 1 - this.#last / this.#peak, bars: this.#bars, firstMs: this.#firstMs, lastMs: this.#lastMs };
  }
}
