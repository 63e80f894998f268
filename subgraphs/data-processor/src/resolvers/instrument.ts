// Fields of Instrument. Any id may be asked about: data-ingestion says which instruments exist, here an unknown one just
// has no candles.

import { statistics } from './statistics.ts';
import { parseIndicatorSpec } from '../domain/indicators/indicator-spec.ts';
import { closeStatistics } from '../domain/statistics.ts';
import { isSynthetic } from '../domain/stored-candle.ts';
import type { InstrumentResolvers } from '../generated/resolvers-types.ts';
import { earlier, instantMs, openTimeOfCursor, pageSize, timeBoundMs, timeNs, tradeOfCursor, wholeNumber } from './arguments.ts';
import { decimalText, graphCandle, graphIndicator, graphPage, graphTrades, timeText } from './graph-values.ts';

const MIN_WINDOW = 2;
const MAX_WINDOW = 1_000;
const DEFAULT_WINDOW = 30;

export const instrument: InstrumentResolvers = {
  ...statistics,

  __resolveReference: ({ id }) => ({ id }),

  async candles({ id }, args, { candles, services }) {
    const size = pageSize(args.first);
    const after = openTimeOfCursor(args.after);
    const beforeMs = earlier(timeBoundMs('to', args.to), after);
    const range = { interval: args.interval, source: args.source ?? null, fromMs: timeBoundMs('from', args.from), beforeMs, limit: size + 1 };
    return graphPage(await candles.load({ instrumentId: id, range, adjustment: args.adjustment ?? 'NONE' }), size, after, (candle) => graphCandle(candle, services.clocks.of(id)));
  },

  async trades({ id }, args, { services }) {
    const size = pageSize(args.first);
    const after = tradeOfCursor(args.after);
    const range = { fromNs: timeNs('from', args.from), beforeNs: timeNs('to', args.to), after, source: args.source ?? null, limit: size + 1 };
    return graphTrades(await services.history.trades.page(id, range), size, after !== null);
  },

  async indicator({ id }, args, { latestPoint, points, services }) {
    const clock = services.clocks.of(id);
    const spec = parseIndicatorSpec(args.spec);
    const atMs = instantMs('at', args.at);
    const adjustment = args.adjustment ?? 'NONE';
    if (atMs === null && adjustment === 'NONE') {
      const point = await latestPoint.load({ instrumentId: id, interval: args.interval, spec });
      return point && graphIndicator(point, clock);
    }
    // The candle that contains `at` has not ended by then, unless it is just beginning: all before it have.
    const range = { interval: args.interval, source: null, fromMs: null, beforeMs: atMs === null ? null : clock.bucket(args.interval, atMs).openTimeMs, limit: 1 };
    const [point] = await points.load({ instrumentId: id, spec, range, adjustment, ...(atMs !== null && { asOfMs: atMs }) });
    return point ? graphIndicator(point, clock) : null;
  },

  async indicatorSeries({ id }, args, { points, services }) {
    const spec = parseIndicatorSpec(args.spec);
    const size = pageSize(args.first);
    const after = openTimeOfCursor(args.after);
    const beforeMs = earlier(timeBoundMs('to', args.to), after);
    const range = { interval: args.interval, source: null, fromMs: timeBoundMs('from', args.from), beforeMs, limit: size + 1 };
    return graphPage(await points.load({ instrumentId: id, spec, range, adjustment: args.adjustment ?? 'NONE' }), size, after, (point) => graphIndicator(point, services.clocks.of(id)));
  },

  async stats({ id }, args, { candles, services }) {
    const window = wholeNumber('window', args.window ?? DEFAULT_WINDOW, MIN_WINDOW, MAX_WINDOW);
    // A close before the window, and one candle that may still be forming.
    const range = { interval: 'D1', source: null, fromMs: null, beforeMs: null, limit: window + 2 } as const;
    const days = (await candles.load({ instrumentId: id, range, adjustment: args.adjustment ?? 'NONE' })).filter((candle) => candle.final).slice(0, window + 1).reverse();
    const newest = days.at(-1);
    if (!newest) return null;
    const { averageVolume, ...statistics } = closeStatistics(days);
    return {
      ...statistics,
      averageVolume: averageVolume && decimalText(averageVolume),
      asOf: timeText(services.clocks.of(id).endOf('D1', newest.openTimeMs)),
      synthetic: days.some((day) => isSynthetic(day.source)),
    };
  },
};
