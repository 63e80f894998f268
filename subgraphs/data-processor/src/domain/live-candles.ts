// One batch of trades becomes changes of candles in every interval. Trades fold into seconds first, seconds into all
// coarser intervals, so a busy batch costs one merge per trade plus a few per second and interval.
//
//   trades ──candleOfTrade──► S1 of this batch ──resample──► M1 … MO1 of this batch ──merge──► what is stored
//
// A candle is final once the event time of the whole market (the watermark) has reached its end. A trade that arrives
// for a final candle is late: it still counts, and raises the candle's revision.

import { INTERVALS, intervalStart } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import type { Candle, Trade } from './candle.ts';
import { candleOfTrade, mergeCandles, resample, timeMsOf } from './candle.ts';
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

export function aggregateTrades(trades: readonly InstrumentTrade[], watermarkNs: TimestampNs): BatchOfChanges {
  const seconds = new Map<string, Map<number, Candle>>();
  const late = new Map<string, number>();
  let watermark = watermarkNs;
  for (const trade of trades) {
    addToSecond(seconds, trade);
    if (trade.timeNs < watermark) countLate(late, trade, watermark);
    else watermark = trade.timeNs;
  }
  const changes: CandleChange[] = [];
  for (const [instrumentId, bySecond] of seconds) {
    for (const interval of INTERVALS) {
      for (const addition of resample(bySecond.values(), interval)) {
        const key = { instrumentId, interval, openTimeMs: addition.openTimeMs };
        changes.push({ ...key, addition, lateTrades: late.get(candleKeyText(key)) ?? 0 });
      }
    }
  }
  return { changes, watermarkNs: watermark };
}

function addToSecond(seconds: Map<string, Map<number, Candle>>, trade: InstrumentTrade): void {
  let bySecond = seconds.get(trade.instrumentId);
  if (!bySecond) seconds.set(trade.instrumentId, (bySecond = new Map()));
  const candle = candleOfTrade('S1', trade);
  const present = bySecond.get(candle.openTimeMs);
  bySecond.set(candle.openTimeMs, present ? mergeCandles(present, candle) : candle);
}

function countLate(late: Map<string, number>, trade: InstrumentTrade, watermark: TimestampNs): void {
  for (const interval of INTERVALS) {
    const openTimeMs = intervalStart(interval, timeMsOf(trade.timeNs));
    if (!hasEnded(interval, openTimeMs, watermark)) continue;
    const key = candleKeyText({ instrumentId: trade.instrumentId, interval, openTimeMs });
    late.set(key, (late.get(key) ?? 0) + 1);
  }
}
