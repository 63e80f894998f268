// How much may be asked of a venue's REST API. Weights are counted here and corrected by what the venue says it has counted,
// for others behind the same address spend them too. A refusal (429) or ban (418) stops everything until the venue's own time.
// Rule: Binance, IP limits: X-MBX-USED-WEIGHT-1M, Retry-After in seconds; the window is the clock's minute.

export interface RestBudgetOptions {
  /** Weight a minute that this process allows itself, below the venue's own limit. */
  readonly weightPerMinute: number;
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const MINUTE_MS = 60_000;
/** A refusal that does not say until when. */
const DEFAULT_RETRY_MS = 60_000;
const REFUSED = [418, 429];

export class RestBudget {
  readonly #weightPerMinute: number;
  #minute = -1;
  #used = 0;
  #blockedUntilMs = 0;

  constructor({ weightPerMinute }: RestBudgetOptions) {
    this.#weightPerMinute = weightPerMinute;
  }

  /** @returns how long a request of this weight has to wait, 0 for not at all. */
  waitMs(nowMs: number, weight: number): number {
    this.#turn(nowMs);
    const blockedMs = Math.max(0, this.#blockedUntilMs - nowMs);
    const full = this.#used > 0 && this.#used + weight > this.#weightPerMinute;
    return full ? Math.max(blockedMs, (this.#minute + 1) * MINUTE_MS - nowMs) : blockedMs;
  }

  spend(nowMs: number, weight: number): void {
    this.#turn(nowMs);
    this.#used += weight;
  }

  /** What came with an answer. */
  answered(nowMs: number, status: number, headers: Headers): void {
    this.#turn(nowMs);
    const used = Number(headers['x-mbx-used-weight-1m']);
    if (Number.isFinite(used)) this.#used = Math.max(this.#used, used);
    if (!REFUSED.includes(status)) return;
    const seconds = Number(headers['retry-after']);
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + (Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : DEFAULT_RETRY_MS));
  }

  #turn(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#used = 0;
  }
}
