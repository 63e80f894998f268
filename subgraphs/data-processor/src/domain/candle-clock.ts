// Which candle a moment belongs to. Seconds to hours follow UTC. Days, weeks and months follow the sessions of the
// instrument's venue: a print belongs to the first session that closes after (print - 4 h), so what trades after the bell
// counts for its day and what is printed at a weekend for the next one. A day is called by midnight UTC of its session's
// date, whatever the zone, so imported daily bars and candles made here meet under one name.

import type { Interval } from '@mib/model/interval';
import { intervalStart, nextIntervalStart } from '@mib/model/interval';
import { InvalidValueError } from '@mib/model/invalid-value';
import { CALENDAR_IDS, calendarOf, type CalendarId, type TradingCalendar } from '@mib/model/calendar/trading-calendar';
import type { TimeBucket } from './tick-candles.ts';

/** New York's trading after the bell ends at 20:00, four hours after the regular close and after an early one alike. */
export const AFTER_HOURS_MS = 4 * 3_600_000;

export type SessionSource = Pick<TradingCalendar, 'sessionAtOrAfter' | 'sessionOn'>;

export interface CandleClock {
  /** The candle of a moment, with the moments that belong to it. */
  bucket(interval: Interval, timeMs: number): TimeBucket;
  /** The first millisecond after a candle that is called by `openTimeMs`. */
  endOf(interval: Interval, openTimeMs: number): number;
}

/** The clock of every instrument, by the calendar of its venue; bounded by the instruments that exist. */
export class CandleClocks {
  readonly #clocks = new Map<string, CandleClock>();

  of(instrumentId: string): CandleClock {
    return this.#clocks.get(instrumentId) ?? UTC_CLOCK;
  }

  /** An unknown calendar, none and ALWAYS_OPEN all mean UTC. */
  set(instrumentId: string, calendar: string | null): void {
    const known = CALENDAR_IDS.find((id) => id === calendar);
    if (known === undefined || known === 'ALWAYS_OPEN') this.#clocks.delete(instrumentId);
    else this.#clocks.set(instrumentId, clockOfCalendar(known));
  }
}

const DAY_MS = 86_400_000;

export const UTC_CLOCK: CandleClock = {
  bucket: (interval, timeMs) => ({ openTimeMs: intervalStart(interval, timeMs), fromMs: intervalStart(interval, timeMs), toMs: nextIntervalStart(interval, timeMs) }),
  endOf: nextIntervalStart,
};

/** A clock by the sessions of a calendar; times for which the calendar has no rules follow UTC. */
export function sessionClock(calendar: SessionSource): CandleClock {
  return {
    bucket: (interval, timeMs) => (bySession(interval) ? sessionBucket(calendar, interval, timeMs) : UTC_CLOCK.bucket(interval, timeMs)),
    endOf: (interval, openTimeMs) => (bySession(interval) ? sessionEnd(calendar, nextIntervalStart(interval, openTimeMs)) : nextIntervalStart(interval, openTimeMs)),
  };
}

/** The opening time of the coarse candle that a fine one is part of; days nest in weeks and months by their names. */
export function coarseStart(clock: CandleClock, coarse: Interval, fine: Interval, fineOpenTimeMs: number): number {
  return bySession(fine) ? intervalStart(coarse, fineOpenTimeMs) : clock.bucket(coarse, fineOpenTimeMs).openTimeMs;
}

/** What lies in a candle of `coarse` among the opening times of a finer interval, `toMs` exclusive. */
export function partsOf(clock: CandleClock, coarse: Interval, fine: Interval, openTimeMs: number): { readonly fromMs: number; readonly toMs: number } {
  if (!bySession(coarse) || bySession(fine)) return { fromMs: openTimeMs, toMs: nextIntervalStart(coarse, openTimeMs) };
  // The first moment of a candle is the last one of what ends before it.
  return { fromMs: clock.endOf(coarse, intervalStart(coarse, openTimeMs - 1)), toMs: clock.endOf(coarse, openTimeMs) };
}

const calendarClocks = new Map<CalendarId, CandleClock>();

function clockOfCalendar(id: CalendarId): CandleClock {
  let clock = calendarClocks.get(id);
  if (!clock) calendarClocks.set(id, (clock = sessionClock(calendarOf(id))));
  return clock;
}

function bySession(interval: Interval): boolean {
  return interval === 'D1' || interval === 'W1' || interval === 'MO1';
}

function sessionBucket(calendar: SessionSource, interval: Interval, timeMs: number): TimeBucket {
  const dayMs = tradingDayMs(calendar, timeMs);
  const openTimeMs = intervalStart(interval, dayMs);
  return { openTimeMs, fromMs: sessionEnd(calendar, openTimeMs), toMs: sessionEnd(calendar, nextIntervalStart(interval, openTimeMs)) };
}

/** Midnight UTC of the date of the session that a print belongs to. */
function tradingDayMs(calendar: SessionSource, timeMs: number): number {
  return withinRules(() => Date.parse(`${calendar.sessionAtOrAfter(timeMs - AFTER_HOURS_MS).date}T00:00:00Z`), intervalStart('D1', timeMs));
}

/** The moment at which the last session before the day `dayMs` gives way to what comes after. */
function sessionEnd(calendar: SessionSource, dayMs: number): number {
  return withinRules(() => {
    for (let day = dayMs - DAY_MS; day > dayMs - MAX_CLOSED_DAYS * DAY_MS; day -= DAY_MS) {
      const session = calendar.sessionOn(new Date(day).toISOString().slice(0, 10));
      if (session) return session.closeMs + AFTER_HOURS_MS;
    }
    return dayMs;
  }, dayMs);
}

/** Longer than any closing of an exchange that has rules here. */
const MAX_CLOSED_DAYS = 12;

function withinRules(answer: () => number, otherwise: number): number {
  try {
    return answer();
  } catch (error) {
    if (error instanceof InvalidValueError) return otherwise;
    throw error;
  }
}
