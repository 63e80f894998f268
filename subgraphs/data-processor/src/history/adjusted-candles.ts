// Candles adjusted for splits and dividends, on read. A week or month with an ex-date inside is made again of its adjusted
// days; where it was imported and has no days, it counts as lying before the ex-dates that come after its end.

import type pg from 'pg';
import type { Interval } from '@mib/model/interval';
import { resample } from '../domain/candle.ts';
import type { Adjustment, AdjustmentStep } from '../domain/adjustment.ts';
import { adjustCandle, adjustmentSteps } from '../domain/adjustment.ts';
import type { CandleClock, CandleClocks } from '../domain/candle-clock.ts';
import { coarseStart } from '../domain/candle-clock.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import type { SeriesRange } from '../store/candle-series.ts';
import { readClosesBefore, readCorporateActions, readCurrency } from '../store/corporate-actions.ts';
import type { CandleHistory } from './candle-history.ts';

const DAY_MS = 86_400_000;
/** Days of a week or month that one page of adjusted candles may ask for again. */
const MAX_DAYS = 12_000;

export interface AdjustedCandlesOptions {
  readonly pool: pg.Pool;
  readonly candles: CandleHistory;
  readonly clocks: CandleClocks;
}

/**
 * @returns as CandleHistory.series, each candle adjusted.
 * @throws {ClientError} CONFLICT where a dividend cannot be applied.
 */
export async function adjustedSeries(options: AdjustedCandlesOptions, instrumentIds: readonly string[], range: SeriesRange, adjustment: Adjustment): Promise<Map<string, CandleView[]>> {
  const series = await options.candles.series(instrumentIds, range);
  if (adjustment === 'NONE') return series;
  for (const [instrumentId, steps] of await readSteps(options.pool, [...series.keys()], adjustment)) {
    series.set(instrumentId, await adjusted(options, instrumentId, series.get(instrumentId)!, range, steps));
  }
  return series;
}

/**
 * Steps of those instruments that have actions, by id.
 *
 * @param asOfMs - ex-dates after this moment do not count.
 * @throws {ClientError} CONFLICT where a dividend cannot be applied.
 */
export async function readSteps(pool: pg.Pool, instrumentIds: readonly string[], adjustment: Adjustment, asOfMs = Infinity): Promise<Map<string, AdjustmentStep[]>> {
  if (adjustment === 'NONE') return new Map();
  const actions = (await readCorporateActions(pool, instrumentIds)).filter((action) => (adjustment === 'SPLIT_AND_DIVIDEND' || action.kind === 'SPLIT') && Date.parse(`${action.exDate}T00:00:00Z`) <= asOfMs);
  const closes = await readClosesBefore(pool, actions);
  const steps = new Map<string, AdjustmentStep[]>();
  for (const instrumentId of new Set(actions.map((action) => action.instrumentId))) {
    steps.set(instrumentId, adjustmentSteps(actions.filter((action) => action.instrumentId === instrumentId), await readCurrency(pool, instrumentId), closes));
  }
  return steps;
}

/** Weeks and months that have an ex-date inside. */
export function crossedBy({ endOf }: CandleClock, interval: Interval, openTimeMs: number, steps: readonly AdjustmentStep[]): boolean {
  return isCoarse(interval) && steps.some((step) => step.exDayMs > openTimeMs && step.exDayMs < endOf(interval, openTimeMs));
}

export function isCoarse(interval: Interval): boolean {
  return interval === 'W1' || interval === 'MO1';
}

async function adjusted(options: AdjustedCandlesOptions, instrumentId: string, candles: readonly CandleView[], range: SeriesRange, steps: readonly AdjustmentStep[]): Promise<CandleView[]> {
  const clock = options.clocks.of(instrumentId);
  const dayOf = ({ openTimeMs }: CandleView) => (isCoarse(range.interval) ? clock.endOf(range.interval, openTimeMs) - 1 : range.interval === 'D1' ? openTimeMs : clock.bucket('D1', openTimeMs).openTimeMs);
  const made = await ofDays(options, instrumentId, candles.filter((candle) => crossedBy(clock, range.interval, candle.openTimeMs, steps)), range, steps);
  return candles.map((candle) => made.get(candle.openTimeMs) ?? adjustCandle(candle, dayOf(candle), steps));
}

/** Weeks or months made of their adjusted days. */
export async function ofDays({ candles, clocks }: AdjustedCandlesOptions, instrumentId: string, crossed: readonly CandleView[], range: Pick<SeriesRange, 'interval' | 'source'>, steps: readonly AdjustmentStep[]): Promise<Map<number, CandleView>> {
  const clock = clocks.of(instrumentId);
  const made = new Map<number, CandleView>();
  if (crossed.length === 0) return made;
  const [fromMs, beforeMs] = [Math.min(...crossed.map((each) => each.openTimeMs)), Math.max(...crossed.map((each) => clock.endOf(range.interval, each.openTimeMs)))];
  const days = (await candles.series([instrumentId], { interval: 'D1', source: range.source, fromMs, beforeMs, limit: Math.min(MAX_DAYS, Math.ceil((beforeMs - fromMs) / DAY_MS) + 1) })).get(instrumentId) ?? [];
  const byTime = new Map(crossed.map((each) => [each.openTimeMs, each]));
  const startOf = (openTimeMs: number) => coarseStart(clock, range.interval, 'D1', openTimeMs);
  for (const candle of resample(days.map((day) => adjustCandle(day, day.openTimeMs, steps)), startOf)) {
    const raw = byTime.get(candle.openTimeMs);
    if (raw?.derived || raw?.source === 'LIVE') made.set(candle.openTimeMs, { ...raw, ...candle });
  }
  return made;
}
