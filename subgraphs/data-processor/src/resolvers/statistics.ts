// Statistics of Instrument over candles of both stores. Rolling ones read a page and what it remembers; folds run over the
// whole series in pieces.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { Interval } from '@mib/model/interval';
import type { Adjustment } from '../domain/adjustment.ts';
import { joinCloses, rollingCoMovement } from '../domain/co-movement.ts';
import { DrawdownFold } from '../domain/drawdown.ts';
import type { BarSeries } from '../domain/indicators/indicator-point.ts';
import { isFinal } from '../domain/indicators/indicator-point.ts';
import { SeasonFold } from '../domain/seasonality.ts';
import { barsBefore, rollingVolatility } from '../domain/volatility.ts';
import type { InstrumentResolvers } from '../generated/resolvers-types.ts';
import { adjustedBars, adjustedCloses } from '../history/adjusted-bars.ts';
import type { Services } from '../services.ts';
import type { SeriesRange } from '../store/candle-series.ts';
import { earlier, openTimeOfCursor, pageSize, timeBoundMs, wholeNumber } from './arguments.ts';
import { graphPage, timeText } from './graph-values.ts';

const MIN_WINDOW = 2;
const MAX_WINDOW = 1_000;
const DEFAULT_VOLATILITY_WINDOW = 30;
const DEFAULT_CO_MOVEMENT_WINDOW = 60;
const TRADING_DAYS_PER_YEAR = 252;
/** Seconds of a year; nothing has more bars. */
const MAX_BARS_PER_YEAR = 31_622_400;
/** Candles that one of two instruments may have and the other not, over a page. */
const UNSHARED = 2;

export const statistics: Pick<InstrumentResolvers, 'realisedVolatility' | 'coMovement' | 'drawdown' | 'seasonality'> = {
  async realisedVolatility({ id }, args, { services }) {
    const [interval, size, after] = [args.interval ?? 'D1', pageSize(args.first), openTimeOfCursor(args.after)];
    const window = wholeNumber('window', args.window ?? DEFAULT_VOLATILITY_WINDOW, MIN_WINDOW, MAX_WINDOW);
    const barsPerYear = args.barsPerYear ?? TRADING_DAYS_PER_YEAR;
    if (!(barsPerYear > 0 && barsPerYear <= MAX_BARS_PER_YEAR)) throw new InvalidValueError(`barsPerYear must be above 0, at most ${MAX_BARS_PER_YEAR}`, barsPerYear);
    const bars = await finalBars(services, id, { interval, beforeMs: earlier(timeBoundMs('to', args.to), after), limit: size + 1 + window + barsBefore(args.estimator), adjustment: args.adjustment ?? 'NONE' });
    if (!bars) return graphPage([], size, after, () => ({ openTime: '', at: '', value: null, synthetic: false }));
    const values = rollingVolatility(args.estimator, bars, window, barsPerYear);
    const points = newestRows(bars, barsBefore(args.estimator) + window - 1, timeBoundMs('from', args.from), size + 1);
    return graphPage(points, size, after, ({ row, openTimeMs }) => ({ ...timesOf(services, id, interval, openTimeMs), value: numberOrNull(values[row]!), synthetic: anySynthetic(bars, row, window) }));
  },

  async coMovement({ id }, args, { services }) {
    const [interval, size, after] = [args.interval ?? 'D1', pageSize(args.first), openTimeOfCursor(args.after)];
    const window = wholeNumber('window', args.window ?? DEFAULT_CO_MOVEMENT_WINDOW, MIN_WINDOW, MAX_WINDOW);
    const range = { interval, beforeMs: earlier(timeBoundMs('to', args.to), after), limit: (size + 1 + window) * UNSHARED, adjustment: args.adjustment ?? 'NONE' } as const;
    const [own, other] = await Promise.all([finalBars(services, id, range), finalBars(services, args.with, range)]);
    const joined = joinCloses(own ?? NO_CLOSES, other ?? NO_CLOSES);
    const { correlation, beta } = rollingCoMovement(joined, window);
    const synthetic = [own, other].some((bars) => bars?.synthetic.includes(1) ?? false);
    const points = newestRows(joined, window, null, size + 1);
    return graphPage(points, size, after, ({ row, openTimeMs }) => ({ ...timesOf(services, id, interval, openTimeMs), correlation: numberOrNull(correlation[row]!), beta: numberOrNull(beta[row]!), synthetic }));
  },

  async drawdown({ id }, args, { services }) {
    const fold = new DrawdownFold();
    await foldCloses(services, id, args, (time, close) => fold.add(time, close));
    const result = fold.result();
    if (!result) return null;
    const { deepest, current, bars, firstMs, lastMs } = result;
    return {
      depth: deepest.depth, peakAt: timeText(deepest.peakMs), troughAt: timeText(deepest.troughMs), recoveredAt: deepest.recoveredMs === null ? null : timeText(deepest.recoveredMs),
      current, candles: bars, from: timeText(firstMs), to: timeText(services.clocks.of(id).endOf(args.interval ?? 'D1', lastMs)),
    };
  },

  async seasonality({ id }, args, { services }) {
    const fold = new SeasonFold(args.season);
    await foldCloses(services, id, args, (time, close) => fold.add(time, close));
    return fold.result();
  },
};

const NO_CLOSES = { openTimesMs: new Float64Array(0), close: new Float64Array(0) };

/** The newest candles but for a forming one, oldest first. */
async function finalBars({ pool, history, clocks }: Services, id: string, { adjustment, limit, ...range }: Pick<SeriesRange, 'interval' | 'beforeMs' | 'limit'> & { readonly adjustment: Adjustment }): Promise<BarSeries | undefined> {
  const bars = (await adjustedBars({ pool, candles: history.candles, clocks }, [id], { ...range, source: null, fromMs: null, limit: limit + 1 }, adjustment)).get(id);
  if (!bars) return undefined;
  const count = bars.close.length;
  return count > 0 && !isFinal(bars, count - 1) ? withoutLast(bars) : bars;
}

function withoutLast(bars: BarSeries): BarSeries {
  const [openTimesMs, open, high, low, close, volume] = [bars.openTimesMs, bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) => column.subarray(0, -1));
  return { ...bars, openTimesMs: openTimesMs!, open: open!, high: high!, low: low!, close: close!, volume: volume!, synthetic: bars.synthetic.subarray(0, -1) };
}

async function foldCloses({ pool, history, clocks }: Services, id: string, args: { interval?: Interval | null; from?: string | null; to?: string | null; adjustment?: Adjustment | null }, add: (openTimeMs: number, close: number) => void): Promise<void> {
  const range = { interval: args.interval ?? 'D1', fromMs: timeBoundMs('from', args.from), beforeMs: timeBoundMs('to', args.to) } as const;
  for await (const { openTimesMs, close } of adjustedCloses({ pool, candles: history.candles, clocks }, id, range, args.adjustment ?? 'NONE')) {
    for (let row = 0; row < close.length; row++) add(openTimesMs[row]!, close[row]!);
  }
}

/** Rows that have a value, newest first. */
function newestRows({ openTimesMs }: { readonly openTimesMs: Float64Array }, first: number, fromMs: number | null, limit: number): { readonly row: number; readonly openTimeMs: number }[] {
  const rows: { row: number; openTimeMs: number }[] = [];
  for (let row = openTimesMs.length - 1; row >= first && rows.length < limit; row--) {
    if (fromMs !== null && openTimesMs[row]! < fromMs) break;
    rows.push({ row, openTimeMs: openTimesMs[row]! });
  }
  return rows;
}

function timesOf({ clocks }: Services, id: string, interval: Interval, openTimeMs: number): { openTime: string; at: string } {
  return { openTime: timeText(openTimeMs), at: timeText(clocks.of(id).endOf(interval, openTimeMs)) };
}

function anySynthetic(bars: BarSeries, row: number, window: number): boolean {
  return bars.synthetic.subarray(Math.max(0, row - window), row + 1).includes(1);
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
