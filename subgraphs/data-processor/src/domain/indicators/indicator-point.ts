// An indicator's value with its place in time, and how to compute it from a stretch of stored candles.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { Interval } from '@mib/model/interval';
import { nextIntervalStart } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import type { CandleClock } from '../candle-clock.ts';
import { UTC_CLOCK } from '../candle-clock.ts';
import type { CandleSource } from '../stored-candle.ts';
import { hasEnded, isSynthetic } from '../stored-candle.ts';
import type { IndicatorSpec } from './catalog.ts';
import { indicatorOf } from './catalog.ts';
import type { BarColumns } from './indicator.ts';
import type { IndicatorBar, IndicatorValues } from './indicator-stream.ts';
import { runIndicator } from './indicator-stream.ts';

export interface IndicatorPoint {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly spec: IndicatorSpec;
  readonly openTimeMs: number;
  readonly final: boolean;
  readonly synthetic: boolean;
  /** Null during warm-up. */
  readonly values: IndicatorValues;
}

/** What an indicator needs of a candle. */
export interface SeriesBar extends IndicatorBar {
  readonly source: CandleSource;
}

/** Columns of equal length, oldest candle first, of one instrument and interval. */
export interface BarSeries extends BarColumns {
  readonly instrumentId: string;
  readonly interval: Interval;
  /** 1 where a candle is synthetic. */
  readonly synthetic: Uint8Array;
  readonly watermarkNs: TimestampNs;
  /** Says when a candle ends. */
  readonly clock: CandleClock;
}

export function barSeriesOf(options: { instrumentId: string; interval: Interval; watermarkNs: TimestampNs; rows: readonly SeriesBar[]; clock?: CandleClock }): BarSeries {
  const { instrumentId, interval, watermarkNs, rows, clock = UTC_CLOCK } = options;
  return {
    clock,
    instrumentId,
    interval,
    watermarkNs,
    openTimesMs: Float64Array.from(rows, (row) => row.openTimeMs),
    open: Float64Array.from(rows, (row) => row.open),
    high: Float64Array.from(rows, (row) => row.high),
    low: Float64Array.from(rows, (row) => row.low),
    close: Float64Array.from(rows, (row) => row.close),
    volume: Float64Array.from(rows, (row) => row.volume),
    synthetic: Uint8Array.from(rows, (row) => (isSynthetic(row.source) ? 1 : 0)),
  };
}

/** Longest series that OBV and A/D count from the first candle of: 70 days of minutes. */
export const MAX_WHOLE_SERIES = 100_000;
const DAY_MS = 86_400_000;

/** Candles before a value that it remembers; Infinity where it counts from the first of the series. */
export function memoryIn(spec: IndicatorSpec, interval: Interval): number {
  const { memory, forgetsDaily } = indicatorOf(spec);
  return forgetsDaily ? Math.ceil(DAY_MS / nextIntervalStart(interval, 0)) : memory;
}

/** How many of the newest candles to read for `count` values; one more than MAX_WHOLE_SERIES tells when that is not all. */
export function candlesFor(spec: IndicatorSpec, interval: Interval, count: number): number {
  return Math.min(MAX_WHOLE_SERIES + 1, count + memoryIn(spec, interval));
}

/** @throws {InvalidValueError} when the indicator counts from the first candle and the series is longer than can be read. */
export function requireWhole(spec: IndicatorSpec, series: BarSeries): void {
  if (memoryIn(spec, series.interval) === Infinity && series.close.length > MAX_WHOLE_SERIES) {
    throw new InvalidValueError(`${spec.kind} counts from the first candle and reads at most ${MAX_WHOLE_SERIES}: choose a longer interval`, series.interval);
  }
}

/** The values of the newest `count` candles, newest first; the candles before them are the indicator's memory. */
export function newestPoints(spec: IndicatorSpec, series: BarSeries, count: number): IndicatorPoint[] {
  const { instrumentId, interval, openTimesMs, synthetic } = series;
  requireWhole(spec, series);
  const columns = runIndicator(spec, series);
  const memory = memoryIn(spec, interval);
  const points: IndicatorPoint[] = [];
  for (let index = openTimesMs.length - 1; index >= 0 && points.length < count; index--) {
    const openTimeMs = openTimesMs[index]!;
    points.push({
      instrumentId,
      interval,
      spec,
      openTimeMs,
      final: isFinal(series, index),
      synthetic: synthetic.subarray(Math.max(0, index - memory), index + 1).includes(1),
      values: Number.isNaN(columns[0]![index]) ? null : columns.map((column) => column[index]!),
    });
  }
  return points;
}

/** Imported candles are final as they come. */
export function isFinal({ interval, openTimesMs, synthetic, watermarkNs, clock }: BarSeries, index: number): boolean {
  return synthetic[index] === 0 || hasEnded(interval, openTimesMs[index]!, watermarkNs, clock);
}
