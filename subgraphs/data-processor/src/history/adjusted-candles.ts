// Candles adjusted for splits and dividends, on read. A week or month with an ex-date inside is made again of its adjusted
// days; where it was imported and has no days, it counts as lying before the ex-dates that come after its end.

import type pg from 'pg';
import type { Decimal } from '@mib/model/decimal';
import { resample } from '../domain/candle.ts';
import type { Adjustment, AdjustmentStep, CorporateAction } from '../domain/adjustment.ts';
import { adjustCandle, adjustmentSteps } from '../domain/adjustment.ts';
import type { CandleClocks } from '../domain/candle-clock.ts';
import { coarseStart } from '../domain/candle-clock.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import type { SeriesRange } from '../store/candle-series.ts';
import { readCorporateActions, readCurrency } from '../store/corporate-actions.ts';
import type { CandleHistory } from './candle-history.ts';

const DAY_MS = 86_400_000;
const NO_BOUNDS = { source: null, fromMs: null, beforeMs: null } as const;
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
  const actions = (await readCorporateActions(options.pool, [...series.keys()])).filter((action) => adjustment === 'SPLIT_AND_DIVIDEND' || action.kind === 'SPLIT');
  for (const [instrumentId, candles] of series) {
    const own = actions.filter((action) => action.instrumentId === instrumentId);
    if (own.length > 0) series.set(instrumentId, await adjusted(options, instrumentId, candles, range, own));
  }
  return series;
}

async function adjusted(options: AdjustedCandlesOptions, instrumentId: string, candles: readonly CandleView[], range: SeriesRange, actions: readonly CorporateAction[]): Promise<CandleView[]> {
  const { clocks } = options;
  const clock = clocks.of(instrumentId);
  const steps = adjustmentSteps(actions, await readCurrency(options.pool, instrumentId), await closesBefore(options.candles, instrumentId, actions));
  const coarse = range.interval === 'W1' || range.interval === 'MO1';
  const dayOf = (candle: CandleView) => (coarse ? clock.endOf(range.interval, candle.openTimeMs) - 1 : range.interval === 'D1' ? candle.openTimeMs : clock.bucket('D1', candle.openTimeMs).openTimeMs);
  const crossed = coarse ? candles.filter((candle) => steps.some((step) => step.exDayMs > candle.openTimeMs && step.exDayMs < clock.endOf(range.interval, candle.openTimeMs))) : [];
  const made = crossed.length === 0 ? new Map<number, CandleView>() : await ofDays(options, instrumentId, crossed, range, steps);
  return candles.map((candle) => made.get(candle.openTimeMs) ?? adjustCandle(candle, dayOf(candle), steps));
}

/** Weeks or months made of their adjusted days. */
async function ofDays({ candles, clocks }: AdjustedCandlesOptions, instrumentId: string, crossed: readonly CandleView[], range: SeriesRange, steps: readonly AdjustmentStep[]): Promise<Map<number, CandleView>> {
  const clock = clocks.of(instrumentId);
  const made = new Map<number, CandleView>();
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

/** The last daily close before the ex-date of each dividend, by the dividend's id. */
async function closesBefore(candles: CandleHistory, instrumentId: string, actions: readonly CorporateAction[]): Promise<Map<string, Decimal>> {
  const closes = new Map<string, Decimal>();
  for (const action of actions) {
    if (action.kind !== 'CASH_DIVIDEND') continue;
    const [day] = (await candles.series([instrumentId], { ...NO_BOUNDS, interval: 'D1', beforeMs: Date.parse(`${action.exDate}T00:00:00Z`), limit: 1 })).get(instrumentId) ?? [];
    if (day) closes.set(action.id, day.close);
  }
  return closes;
}
