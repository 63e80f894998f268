// Retries help against a lost connection and hurt a subgraph that is down: they may never be more than a tenth of the
// first tries, beside a small reserve that lets a quiet subgraph be asked again at all.

/** What one first try adds; the reason why retries stay below 10 % of the traffic. */
export const RETRIES_PER_CALL = 0.1;
/** Retries that need no traffic before them, and the most that saves up. */
export const RETRY_RESERVE = 10;

export class RetryBudget {
  #retries = RETRY_RESERVE;

  /** A first try was made. */
  earn(): void {
    this.#retries = Math.min(this.#retries + RETRIES_PER_CALL, RETRY_RESERVE);
  }

  /** @returns whether one retry may be made; it is spent then. */
  spend(): boolean {
    if (this.#retries < 1) return false;
    this.#retries -= 1;
    return true;
  }
}
