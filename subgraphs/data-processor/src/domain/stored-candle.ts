// A candle with its place in the store. HISTORY and LIVE never mix within one candle: real prices stay real, and those
// of the simulated venue stay labelled.

import type { Interval } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import type { Candle } from './candle.ts';
import { timeMsOf } from './candle.ts';
import type { CandleClock } from './candle-clock.ts';
import { UTC_CLOCK } from './candle-clock.ts';

/** In order of preference where both have a candle of the same opening time. */
export const CANDLE_SOURCES = ['HISTORY', 'LIVE'] as const;
export type CandleSource = (typeof CANDLE_SOURCES)[number];

export interface CandleKey {
  readonly instrumentId: string;
  readonly interval: Interval;
  readonly openTimeMs: number;
}

export interface StoredCandle extends Candle, CandleKey {
  readonly source: CandleSource;
  readonly revision: number;
  /** Resampled from imported bars of a finer interval; LIVE candles are not. */
  readonly derived: boolean;
}

/** A stored candle as readers see it. */
export interface CandleView extends StoredCandle {
  readonly final: boolean;
}

/** True once the market's event time has reached the end of the candle. */
export function hasEnded(interval: Interval, openTimeMs: number, watermarkNs: TimestampNs, clock: CandleClock = UTC_CLOCK): boolean {
  return clock.endOf(interval, openTimeMs) <= timeMsOf(watermarkNs);
}

export function viewOf(candle: StoredCandle, watermarkNs: TimestampNs, clock: CandleClock = UTC_CLOCK): CandleView {
  return { ...candle, final: candle.source === 'HISTORY' || hasEnded(candle.interval, candle.openTimeMs, watermarkNs, clock) };
}

/** The only live venue there is today is the simulated one; a real feed will bring its own source. */
export function isSynthetic(source: CandleSource): boolean {
  return source === 'LIVE';
}

/** Text of a key, unique per source. */
export function candleKeyText({ instrumentId, interval, openTimeMs }: CandleKey): string {
  return `${instrumentId}|${interval}|${openTimeMs}`;
}
