// What resolvers hand on for each type of the graph: rows and values of the domain, turned into fields where asked for.

import type { AccountRow } from '../domain/account.ts';
import type { RiskInstrument } from '../domain/instrument.ts';
import type { LimitVersion, TradingStateVersion } from '../domain/intent.ts';
import type { Limits } from '../domain/limits.ts';
import type { Valuation } from '../domain/portfolio.ts';
import type { ProfitHistory } from '../domain/returns.ts';
import type { StoredAlert } from '../store/alert-store.ts';
import type { OrderCheckRow } from '../store/check-store.ts';

export type AccountParent = AccountRow;
export type OrderParent = OrderCheckRow;
export type TradingStateParent = TradingStateVersion;
export type AlertParent = StoredAlert;
/** Null before anything was set. */
export interface LimitsParent {
  readonly version: LimitVersion | null;
}

export interface InstrumentLimitsParent extends Limits {
  readonly instrument: RiskInstrument;
}

export interface PositionParent {
  readonly id: string;
  readonly instrument: RiskInstrument;
  /** Decimal text from trading-engine; absent unless exposure is asked for. */
  readonly quantity: string | undefined;
}

export interface RiskParent {
  readonly currency: string;
  readonly asOf: Date;
  readonly valuation: Valuation;
  /** Profits and losses of the past, read once a request and only when asked for. */
  profits(): Promise<ProfitHistory>;
}
