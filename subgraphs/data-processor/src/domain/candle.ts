// The one aggregation: a trade is a candle of itself, and candles merge. The merge is commutative and associative,
// because the first and last price are chosen by the trades' (time, sequence) and not by the order of arrival; so
// late trades, batches of any size and resampling all give the candle that one pass over the trades would give.

import type { Interval } from '@mib/model/interval';
import { intervalStart } from '@mib/model/interval';
import type { Decimal } from '@mib/model/decimal';
import { addDecimals, compareDecimals, divideDecimals, multiplyDecimals } from '@mib/model/decimal';
import type { TimestampNs } from '@mib/model/timestamp';
import { NS_PER_MS } from '@mib/model/timestamp';

/** Total order of trades: event time, then the engine's sequence. */
export interface TradeKey {
  readonly timeNs: TimestampNs;
  readonly sequence: number;
}

export interface Trade extends TradeKey {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** `volume`, `turnover` (sum of price times quantity) and `trades` are null where the source does not say. */
export interface Candle {
  readonly openTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal | null;
  readonly turnover: Decimal | null;
  readonly trades: number | null;
  readonly first: TradeKey;
  readonly last: TradeKey;
}

/** A bar as a data source publishes it. */
export interface Bar {
  readonly openTimeMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal | null;
}

export const VWAP_DECIMALS = 12;

export function candleOfTrade(interval: Interval, trade: Trade): Candle {
  const { price, quantity, timeNs, sequence } = trade;
  const key = { timeNs, sequence };
  const openTimeMs = intervalStart(interval, timeMsOf(timeNs));
  return { openTimeMs, open: price, high: price, low: price, close: price, volume: quantity, turnover: multiplyDecimals(price, quantity), trades: 1, first: key, last: key };
}

/** A bar counts as one print at its opening time: bars of one source never overlap, so that orders them. */
export function candleOfBar(bar: Bar): Candle {
  const key = { timeNs: BigInt(bar.openTimeMs) * NS_PER_MS, sequence: 0 };
  return { ...bar, turnover: null, trades: null, first: key, last: key };
}

/** The candle of both: `openTimeMs` is that of `a`, which the caller has chosen. */
export function mergeCandles(a: Candle, b: Candle): Candle {
  const opensFirst = compareKeys(a.first, b.first) <= 0 ? a : b;
  const closesLast = compareKeys(a.last, b.last) > 0 ? a : b;
  return {
    openTimeMs: a.openTimeMs,
    open: opensFirst.open,
    high: compareDecimals(a.high, b.high) >= 0 ? a.high : b.high,
    low: compareDecimals(a.low, b.low) <= 0 ? a.low : b.low,
    close: closesLast.close,
    volume: addKnown(a.volume, b.volume),
    turnover: addKnown(a.turnover, b.turnover),
    trades: a.trades === null || b.trades === null ? null : a.trades + b.trades,
    first: opensFirst.first,
    last: closesLast.last,
  };
}

/**
 * Folds candles into those of a coarser interval that they nest in.
 *
 * @param startOf - opening time of the coarse candle that holds a fine one.
 * @returns one candle per interval that holds any, in order of first appearance.
 */
export function resample(candles: Iterable<Candle>, startOf: (openTimeMs: number) => number): Candle[] {
  const buckets = new Map<number, Candle>();
  for (const candle of candles) {
    const openTimeMs = startOf(candle.openTimeMs);
    const bucket = buckets.get(openTimeMs);
    buckets.set(openTimeMs, bucket ? mergeCandles(bucket, candle) : { ...candle, openTimeMs });
  }
  return [...buckets.values()];
}

/** Volume-weighted average price, or null where volume or turnover is unknown or zero. */
export function vwapOf(candle: Pick<Candle, 'volume' | 'turnover'>): Decimal | null {
  if (!candle.volume || !candle.turnover || candle.volume.units === 0n) return null;
  return divideDecimals(candle.turnover, candle.volume, VWAP_DECIMALS);
}

/** Same figures, however they came about; a bar imported twice is the same. */
export function sameFigures(a: Candle, b: Candle): boolean {
  return (
    sameDecimal(a.open, b.open) &&
    sameDecimal(a.high, b.high) &&
    sameDecimal(a.low, b.low) &&
    sameDecimal(a.close, b.close) &&
    sameDecimal(a.volume, b.volume) &&
    sameDecimal(a.turnover, b.turnover) &&
    a.trades === b.trades
  );
}

/** Milliseconds since the epoch, rounded down: the engine's clock ticks in nanoseconds after 1970. */
export function timeMsOf(timeNs: TimestampNs): number {
  return Number(timeNs / NS_PER_MS);
}

function compareKeys(a: TradeKey, b: TradeKey): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return a.sequence - b.sequence;
}

function addKnown(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a && b ? addDecimals(a, b) : null;
}

function sameDecimal(a: Decimal | null, b: Decimal | null): boolean {
  if (!a || !b) return a === b;
  return compareDecimals(a, b) === 0;
}
