// An indicator's value with its place in time, and how to compute it from a stretch of stored candles.

import type { Interval } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import type { CandleSource } from '../stored-candle.ts';
import { hasEnded, isSynthetic } from '../stored-candle.ts';
import { indicatorOf } from './indicator.ts';
import type { IndicatorSpec } from './indicator-spec.ts';
import type { BarColumns, IndicatorValues } from './indicator-stream.ts';
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
export interface SeriesBar {
  readonly openTimeMs: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly source: CandleSource;
}

/** Columns of equal length, oldest candle first, of one instrument and interval. */
export interface BarSeries extends BarColumns {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly openTimesMs: Float64Array;
  /** 1 where a candle is synthetic. */
  readonly synthetic: Uint8Array;
  readonly watermarkNs: TimestampNs;
}

export function barSeriesOf(options: { instrumentId: string; interval: Interval; watermarkNs: TimestampNs; rows: readonly SeriesBar[] }): BarSeries {
  const { instrumentId, interval, watermarkNs, rows } = options;
  return {
    instrumentId,
    interval,
    watermarkNs,
    openTimesMs: Float64Array.from(rows, (row) => row.openTimeMs),
    high: Float64Array.from(rows, (row) => row.high),
    low: Float64Array.from(rows, (row) => row.low),
    close: Float64Array.from(rows, (row) => row.close),
    synthetic: Uint8Array.from(rows, (row) => (isSynthetic(row.source) ? 1 : 0)),
  };
}

/** The values of the newest `count` candles, newest first; the candles before them are the indicator's memory. */
export function newestPoints(spec: IndicatorSpec, series: BarSeries, count: number): IndicatorPoint[] {
  const { instrumentId, interval, openTimesMs, synthetic, watermarkNs } = series;
  const columns = runIndicator(spec, series);
  const points: IndicatorPoint[] = [];
  for (let index = openTimesMs.length - 1; index >= 0 && points.length < count; index--) {
    const openTimeMs = openTimesMs[index]!;
    points.push({
      instrumentId,
      interval,
      spec,
      openTimeMs,
      final: isFinal(series, index, watermarkNs),
      synthetic: synthetic.subarray(Math.max(0, index - indicatorOf(spec).memory), index + 1).includes(1),
      values: Number.isNaN(columns[0]![index]) ? null : columns.map((column) => column[index]!),
    });
  }
  return points;
}

/** Imported candles are final as they come. */
export function isFinal({ interval, openTimesMs, synthetic }: BarSeries, index: number, watermarkNs: TimestampNs): boolean {
  return synthetic[index] === 0 || hasEnded(interval, openTimesMs[index]!, watermarkNs);
}
