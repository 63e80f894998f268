// One trade as history keeps it, and the order in which pages show trades: newest first, by event time, then sequence,
// then origin, which is a total order because those three name a trade.

import type { Decimal } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { TimestampNs } from '@mib/model/timestamp';
import type { CandleSource } from './stored-candle.ts';

/** Where live trades come from; an imported file is named by its hash. */
export const ENGINE_ORIGIN = 'engine';

export interface TradePosition {
  readonly timeNs: TimestampNs;
  /** Of the engine, or the row of the imported file. */
  readonly sequence: bigint;
  readonly origin: string;
}

export interface StoredTrade extends TradePosition {
  readonly instrumentId: string;
  readonly source: CandleSource;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** 1 when the buyer was the aggressor, -1 the seller, 0 where the source does not say. */
  readonly side: number;
}

/** Newest first. */
export function compareTrades(a: TradePosition, b: TradePosition): number {
  if (a.timeNs !== b.timeNs) return a.timeNs > b.timeNs ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence > b.sequence ? -1 : 1;
  return a.origin > b.origin ? -1 : a.origin < b.origin ? 1 : 0;
}

const MAX_UNITS = 2n ** 63n - 1n;

/**
 * The decimal without trailing zeros, as history stores it.
 *
 * @throws {InvalidValueError} when its digits do not fit 64 bits.
 */
export function storedUnits(value: Decimal, name: string): Decimal {
  let { units, scale } = value;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  if (units > MAX_UNITS || units < -MAX_UNITS) throw new InvalidValueError(`${name} must fit 64 bits`, String(units));
  return { units, scale };
}
