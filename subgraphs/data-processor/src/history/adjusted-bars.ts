// The same adjustment for what reads candles as floats: indicators and statistics. Each price is multiplied by the double of
// its exact ratio, so prices that were equal stay equal and order stays order within a step; weeks and months with an
// ex-date inside are made again of their adjusted days, in decimals.

import { decimalToNumber } from '@mib/model/decimal';
import type { Adjustment, AdjustmentStep } from '../domain/adjustment.ts';
import { ratioToNumber } from '../domain/adjustment.ts';
import type { CandleClock } from '../domain/candle-clock.ts';
import type { CloseSeries } from '../domain/co-movement.ts';
import type { BarSeries } from '../domain/indicators/indicator-point.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import type { SeriesRange } from '../store/candle-series.ts';
import type { AdjustedCandlesOptions } from './adjusted-candles.ts';
import { crossedBy, isCoarse, ofDays, readSteps } from './adjusted-candles.ts';

const DAY_MS = 86_400_000;
/** Weeks of a thousand years; a fold over more has no time to name. */
const MAX_COARSE_CANDLES = 60_000;

/**
 * @param asOfMs - ex-dates after this moment do not count.
 * @returns as CandleHistory.bars, each bar adjusted.
 * @throws {ClientError} CONFLICT where a dividend cannot be applied.
 */
export async function adjustedBars(options: AdjustedCandlesOptions, instrumentIds: readonly string[], range: SeriesRange, adjustment: Adjustment, asOfMs?: number): Promise<Map<string, BarSeries>> {
  const series = await options.candles.bars(instrumentIds, range);
  for (const [instrumentId, steps] of await readSteps(options.pool, [...series.keys()], adjustment, asOfMs)) {
    series.set(instrumentId, await adjusted(options, series.get(instrumentId)!, steps));
  }
  return series;
}

/** As CandleHistory.closes, each close adjusted. */
export async function* adjustedCloses(options: AdjustedCandlesOptions, instrumentId: string, range: Pick<SeriesRange, 'interval' | 'fromMs' | 'beforeMs'>, adjustment: Adjustment): AsyncGenerator<CloseSeries> {
  const steps = (await readSteps(options.pool, [instrumentId], adjustment)).get(instrumentId);
  if (steps && isCoarse(range.interval)) {
    const bars = (await options.candles.bars([instrumentId], { ...range, source: null, limit: MAX_COARSE_CANDLES })).get(instrumentId);
    if (bars) yield adjusted(options, bars, steps);
    return;
  }
  for await (const piece of options.candles.closes(instrumentId, range)) {
    yield steps ? { ...piece, close: scaled(piece.close, factors(options.clocks.of(instrumentId), range, piece.openTimesMs, steps, 'price')) } : piece;
  }
}

async function adjusted(options: AdjustedCandlesOptions, bars: BarSeries, steps: readonly AdjustmentStep[]): Promise<BarSeries> {
  const { instrumentId, openTimesMs } = bars;
  const clock = options.clocks.of(instrumentId);
  const [price, volume] = (['price', 'volume'] as const).map((figure) => factors(clock, bars, openTimesMs, steps, figure)) as [Float64Array, Float64Array];
  const [open, high, low, close] = [bars.open, bars.high, bars.low, bars.close].map((column) => scaled(column, price)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const columns = { ...bars, open, high, low, close, volume: scaled(bars.volume, volume) };
  const crossed = [...openTimesMs].filter((openTimeMs) => crossedBy(clock, bars.interval, openTimeMs, steps));
  for (const [openTimeMs, candle] of await madeOfDays(options, bars, crossed, steps)) {
    const row = openTimesMs.indexOf(openTimeMs);
    for (const figure of ['open', 'high', 'low', 'close', 'volume'] as const) columns[figure][row] = candle[figure] ? decimalToNumber(candle[figure]) : NaN;
  }
  return columns;
}

async function madeOfDays(options: AdjustedCandlesOptions, { instrumentId, interval }: BarSeries, crossed: readonly number[], steps: readonly AdjustmentStep[]): Promise<Map<number, CandleView>> {
  if (crossed.length === 0) return new Map();
  const [fromMs, beforeMs] = [crossed[0]!, crossed.at(-1)! + 1];
  const range = { interval, source: null, fromMs, beforeMs, limit: crossed.length === 1 ? 1 : Math.ceil((beforeMs - fromMs) / (7 * DAY_MS)) + 1 };
  const raw = (await options.candles.series([instrumentId], range)).get(instrumentId) ?? [];
  return ofDays(options, instrumentId, raw.filter((candle) => crossed.includes(candle.openTimeMs)), range, steps);
}

/** One factor a bar; `openTimesMs` rises. */
function factors(clock: CandleClock, { interval }: Pick<SeriesRange, 'interval'>, openTimesMs: Float64Array, steps: readonly AdjustmentStep[], figure: 'price' | 'volume'): Float64Array {
  const coarse = isCoarse(interval);
  // Candles that open before this moment lie before the ex-date; days are called by midnight UTC of theirs.
  const bounds = steps.map((step) => ({ beforeMs: coarse || interval === 'D1' ? step.exDayMs : clock.endOf('D1', step.exDayMs - DAY_MS), factor: ratioToNumber(step[figure]) }));
  let next = 0;
  return openTimesMs.map((openTimeMs) => {
    const timeMs = coarse ? clock.endOf(interval, openTimeMs) - 1 : openTimeMs;
    while (next < bounds.length && timeMs >= bounds[next]!.beforeMs) next++;
    return bounds[next]?.factor ?? 1;
  });
}

function scaled(column: Float64Array, by: Float64Array): Float64Array {
  return column.map((value, row) => value * by[row]!);
}
