// The kernel from ticks to candles: columns of doubles that hold whole numbers, one bucket after the other, no object and
// no division a tick. Some hundred ticks at a time are first placed by their times, then summed (tick-sums.ts), so both
// loops stay small enough to run in registers.
//
//   per tick: 2 comparisons of time, 3 of price and size, 2 sums      about 10 ns
//
// Ticks need not be in order of time. A tick outside the current bucket opens another one, so ticks that jump between two
// buckets give several candles of one opening time, which `mergeCandles` makes one.

import type { TimestampNs } from '@mib/model/timestamp';
import { NS_PER_MS } from '@mib/model/timestamp';
import type { Candle } from './candle.ts';
import { MAX_SUMMED_ROWS, TickSums } from './tick-sums.ts';

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
  const sums = new TickSums(prices[row]!);
  const run: TickRun = { firstRow: row, lastRow: row, end: row };
  let summed: number;
  do {
    summed = run.end;
    extendRun(run, offsetsNs, fromNs, toNs);
    sums.add(prices, quantities, summed, run.end);
  } while (run.end === summed + MAX_SUMMED_ROWS);
  const { firstRow, lastRow, end } = run;
  return { openTimeMs, open: prices[firstRow]!, high: sums.high, low: sums.low, close: prices[lastRow]!, firstRow, lastRow, trades: end - row, volume: sums.volume, turnover: sums.turnover };
}

/** Rows of one bucket so far: the earliest, the latest, and the one behind them all. */
interface TickRun {
  firstRow: number;
  lastRow: number;
  end: number;
}

/** Takes up to MAX_SUMMED_ROWS more rows, fewer where the bucket or the columns end. */
function extendRun(run: TickRun, offsetsNs: Float64Array, fromNs: number, toNs: number): void {
  const stop = Math.min(offsetsNs.length, run.end + MAX_SUMMED_ROWS);
  let last = offsetsNs[run.lastRow]!;
  let lastRow = run.lastRow;
  let row = run.end;
  for (; row < stop; row++) {
    const offset = offsetsNs[row]!;
    if (offset >= last) {
      if (offset >= toNs) break;
      last = offset;
      lastRow = row;
    } else {
      if (offset < fromNs) break;
      if (offset < offsetsNs[run.firstRow]!) run.firstRow = row;
    }
  }
  run.lastRow = lastRow;
  run.end = row;
}
