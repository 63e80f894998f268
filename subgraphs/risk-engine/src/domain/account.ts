// An account as trading-engine announced it: the engine's number of it and who owns it.

export interface AccountRow {
  readonly number: number;
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** Currency in which risk is stated. */
  readonly baseCurrency: string;
}
