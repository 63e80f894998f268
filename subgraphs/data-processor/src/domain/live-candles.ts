// One batch of trades becomes changes of candles in every interval. Trades fold into seconds first, seconds into minutes
// and so on up, so a busy batch costs one merge per trade plus a few per second and interval.
//
//   trades ──candleOfTrade──► S1 of this batch ──resample──► M1 ──► … MO1 of this batch ──merge──► what is stored
//
// A candle is final once the event time of the whole market (the watermark) has reached its end. A trade that arrives
// for a final candle is late: it still counts, and raises the candle's revision.

import type { Interval } from '@mib/model/interval';
import { INTERVALS } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import type { Candle, Trade } from './candle.ts';
import { candleOfTrade, mergeCandles, resample, timeMsOf } from './candle.ts';
import type { CandleClock } from './candle-clock.ts';
import { coarseStart, UTC_CLOCK } from './candle-clock.ts';
import type { CandleKey } from './stored-candle.ts';
import { candleKeyText, hasEnded } from './stored-candle.ts';

export interface InstrumentTrade extends Trade {
  readonly instrumentId: string;
}

/** What a batch adds to one candle: the candle of its trades alone, and how many of them were late. */
export interface CandleChange extends CandleKey {
  readonly addition: Candle;
  readonly lateTrades: number;
}

export interface BatchOfChanges {
  readonly changes: readonly CandleChange[];
  readonly watermarkNs: TimestampNs;
}

/** The interval whose candles make those of each; days nest in hours whatever the venue's sessions are. */
export const LEVEL_BELOW: Readonly<Record<Interval, Interval | null>> = {
  S1: null, M1: 'S1', M5: 'M1', M15: 'M5', M30: 'M15', H1: 'M30', H4: 'H1', D1: 'H1', W1: 'D1', MO1: 'D1',
};

export function aggregateTrades(trades: readonly InstrumentTrade[], watermarkNs: TimestampNs, clockOf: (instrumentId: string) => CandleClock = () => UTC_CLOCK): BatchOfChanges {
  const seconds = new Map<string, Map<number, Candle>>();
  const late = new Map<string, number>();
  let watermark = watermarkNs;
  for (const trade of trades) {
    addToSecond(seconds, trade);
    if (trade.timeNs < watermark) countLate(late, trade, watermark, clockOf(trade.instrumentId));
    else watermark = trade.timeNs;
  }
  const changes: CandleChange[] = [];
  for (const [instrumentId, bySecond] of seconds) {
    for (const [interval, additions] of allIntervals([...bySecond.values()], clockOf(instrumentId))) {
      for (const addition of additions) {
        const key = { instrumentId, interval, openTimeMs: addition.openTimeMs };
        changes.push({ ...key, addition, lateTrades: late.get(candleKeyText(key)) ?? 0 });
      }
    }
  }
  return { changes, watermarkNs: watermark };
}

/** Candles of every interval out of those of seconds, which are one per opening time. */
export function allIntervals(seconds: readonly Candle[], clock: CandleClock): Map<Interval, readonly Candle[]> {
  const levels = new Map<Interval, readonly Candle[]>([['S1', seconds]]);
  for (const interval of INTERVALS) {
    const fine = LEVEL_BELOW[interval];
    if (fine) levels.set(interval, resample(levels.get(fine)!, (openTimeMs) => coarseStart(clock, interval, fine, openTimeMs)));
  }
  return levels;
}

function addToSecond(seconds: Map<string, Map<number, Candle>>, trade: InstrumentTrade): void {
  let bySecond = seconds.get(trade.instrumentId);
  if (!bySecond) seconds.set(trade.instrumentId, (bySecond = new Map()));
  const candle = candleOfTrade('S1', trade);
  const present = bySecond.get(candle.openTimeMs);
  bySecond.set(candle.openTimeMs, present ? mergeCandles(present, candle) : candle);
}

function countLate(late: Map<string, number>, trade: InstrumentTrade, watermark: TimestampNs, clock: CandleClock): void {
  for (const interval of INTERVALS) {
    const { openTimeMs } = clock.bucket(interval, timeMsOf(trade.timeNs));
    if (!hasEnded(interval, openTimeMs, watermark, clock)) continue;
    const key = candleKeyText({ instrumentId: trade.instrumentId, interval, openTimeMs });
    late.set(key, (late.get(key) ?? 0) + 1);
  }
}
