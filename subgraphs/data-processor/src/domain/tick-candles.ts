// The kernel from ticks to candles: one pass over columns of doubles that hold whole numbers, one bucket after the other,
// no object a tick. Sums stay exact: volume and turnover are kept in two doubles, a bucket whose products might not fit
// 53 bits is counted again in bigints.
//
//   per tick: bucket bounds, first or last, high, low, 2 sums, 1 carry      about 5 ns
//
// Ticks need not be in order of time. A tick outside the current bucket opens another one, so ticks that jump between two
// buckets give several candles of one opening time, which `mergeCandles` makes one.

import type { TimestampNs } from '@mib/model/timestamp';
import { NS_PER_MS } from '@mib/model/timestamp';
import type { Candle } from './candle.ts';

export interface TickColumns {
  /** Nanoseconds after `baseTimeNs`, each a safe integer. */
  readonly offsetsNs: Float64Array;
  /** Whole numbers of 10^-priceScale. */
  readonly prices: Float64Array;
  /** Whole numbers of 10^-quantityScale, not negative. */
  readonly quantities: Float64Array;
  readonly baseTimeNs: TimestampNs;
  readonly priceScale: number;
  readonly quantityScale: number;
}

/** The candle of a time: what it is called by, and the times that belong to it, in milliseconds, `toMs` exclusive. */
export interface TimeBucket {
  readonly openTimeMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** `firstRow` and `lastRow` are rows of the columns; figures are whole numbers of the columns' scales. */
export interface TickCandle {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly firstRow: number;
  readonly lastRow: number;
  readonly trades: number;
  readonly volume: bigint;
  readonly turnover: bigint;
}

/** Above this a sum hands its high part on: twice as much still is exact in a double. */
const CARRY_AT = 2 ** 52;
const HIGH_PART = 2 ** 32;
const NS_PER_MS_NUMBER = 1_000_000;

/**
 * @param columns - rows in order of sequence, so that of two ticks of one nanosecond the later row is the later trade.
 * @param bucketOf - the bucket of a time in milliseconds; asked once a bucket, not once a tick.
 * @returns candles in order of first appearance, more than one of an opening time where the ticks jump back.
 */
export function aggregateTicks(columns: TickColumns, bucketOf: (timeMs: number) => TimeBucket): TickCandle[] {
  const { offsetsNs, baseTimeNs } = columns;
  const candles: TickCandle[] = [];
  for (let row = 0; row < offsetsNs.length; ) {
    const bucket = bucketOf(timeMsOfRow(columns, row));
    const fromNs = Number(BigInt(bucket.fromMs) * NS_PER_MS - baseTimeNs);
    const toNs = Number(BigInt(bucket.toMs) * NS_PER_MS - baseTimeNs);
    const candle = bucketCandle(columns, { row, fromNs, toNs, openTimeMs: bucket.openTimeMs });
    candles.push(candle);
    row += candle.trades;
  }
  return candles;
}

/** The candle with its prices as decimals; `sequenceOf` gives the sequence of a row. */
export function candleOfTicks(columns: TickColumns, candle: TickCandle, sequenceOf: (row: number) => number): Candle {
  const { priceScale, quantityScale } = columns;
  const price = (units: number) => ({ units: BigInt(units), scale: priceScale });
  const key = (row: number) => ({ timeNs: columns.baseTimeNs + BigInt(columns.offsetsNs[row]!), sequence: sequenceOf(row) });
  return {
    openTimeMs: candle.openTimeMs, open: price(candle.open), high: price(candle.high), low: price(candle.low), close: price(candle.close),
    volume: { units: candle.volume, scale: quantityScale }, turnover: { units: candle.turnover, scale: priceScale + quantityScale },
    trades: candle.trades, first: key(candle.firstRow), last: key(candle.lastRow),
  };
}

function timeMsOfRow({ offsetsNs, baseTimeNs }: TickColumns, row: number): number {
  const baseMs = Number(baseTimeNs / NS_PER_MS);
  return baseMs + Math.floor((Number(baseTimeNs % NS_PER_MS) + offsetsNs[row]!) / NS_PER_MS_NUMBER);
}

/** Takes the run of ticks from `row` on that lie in one bucket. */
function bucketCandle({ offsetsNs, prices, quantities }: TickColumns, { row, fromNs, toNs, openTimeMs }: { row: number; fromNs: number; toNs: number; openTimeMs: number }): TickCandle {
  const count = offsetsNs.length;
  let [first, last, firstRow, lastRow] = [offsetsNs[row]!, offsetsNs[row]!, row, row];
  let high = prices[row]!;
  let low = high;
  let [volume, volumeHigh, turnover, turnoverHigh, largest] = [0, 0, 0, 0, 0];
  let end = row;
  for (; end < count; end++) {
    const offset = offsetsNs[end]!;
    if (offset < fromNs || offset >= toNs) break;
    const price = prices[end]!;
    const quantity = quantities[end]!;
    if (offset >= last) {
      last = offset;
      lastRow = end;
    } else if (offset < first) {
      first = offset;
      firstRow = end;
    }
    if (price > high) high = price;
    else if (price < low) low = price;
    if (quantity > largest) largest = quantity;
    volume += quantity;
    turnover += price * quantity;
    if (volume >= CARRY_AT) [volume, volumeHigh] = carried(volume, volumeHigh);
    if (turnover >= CARRY_AT || turnover <= -CARRY_AT) [turnover, turnoverHigh] = carried(turnover, turnoverHigh);
  }
  const exact = Math.max(Math.abs(high), Math.abs(low)) * largest <= CARRY_AT && largest <= CARRY_AT;
  const sums = exact ? { volume: joined(volume, volumeHigh), turnover: joined(turnover, turnoverHigh) } : wideSums(prices, quantities, row, end);
  return { openTimeMs, open: prices[firstRow]!, high, low, close: prices[lastRow]!, firstRow, lastRow, trades: end - row, ...sums };
}

function carried(low: number, high: number): [low: number, high: number] {
  const part = Math.trunc(low / HIGH_PART);
  return [low - part * HIGH_PART, high + part];
}

function joined(low: number, high: number): bigint {
  return BigInt(high) * BigInt(HIGH_PART) + BigInt(low);
}

function wideSums(prices: Float64Array, quantities: Float64Array, from: number, end: number): { volume: bigint; turnover: bigint } {
  let [volume, turnover] = [0n, 0n];
  for (let row = from; row < end; row++) {
    const quantity = BigInt(quantities[row]!);
    volume += quantity;
    turnover += BigInt(prices[row]!) * quantity;
  }
  return { volume, turnover };
}
