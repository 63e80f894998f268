// When a venue trades: its sessions, holidays and half days. Pure rules, so that whoever makes daily candles and whoever
// says that a venue is open say the same. Only the regular session counts; trading before and after it does not.

import { assertNever } from '../assert-never.ts';
import { InvalidValueError } from '../invalid-value.ts';
import { formatDay, MS_PER_DAY, parseDay, yearOf, type CivilDay } from './civil-day.ts';
import { FIRST_YEAR, isWeekend, newYorkHolidays, type Holiday } from './new-york-holidays.ts';
import { dayAt, zonedTimeMs } from './zoned-time.ts';

/** ALWAYS_OPEN trades around the clock, its sessions are UTC days; XNYS and XNAS keep New York's days and hours. */
export const CALENDAR_IDS = ['ALWAYS_OPEN', 'XNYS', 'XNAS'] as const;
export type CalendarId = (typeof CALENDAR_IDS)[number];

/** One day's trading: from `openMs` on and before `closeMs`, epoch milliseconds. */
export interface TradingSession {
  /** The venue's local date, YYYY-MM-DD. */
  readonly date: string;
  readonly openMs: number;
  readonly closeMs: number;
  /** Closes before the usual hour. */
  readonly early: boolean;
}

export interface VenueHoliday {
  readonly date: string;
  readonly name: string;
  readonly kind: 'CLOSED' | 'EARLY_CLOSE';
}

/** Every method throws {InvalidValueError} for a time outside the years that the rules are known for, 1990..2100 where there are holidays. */
export interface TradingCalendar {
  readonly id: CalendarId;
  readonly timezone: string;
  isOpen(timeMs: number): boolean;
  /** When `isOpen` changes next after `timeMs`; null when it never does. */
  nextTransitionMs(timeMs: number): number | null;
  /** The session of a local date, YYYY-MM-DD; null when there is none. */
  sessionOn(date: string): TradingSession | null;
  /** The session that `timeMs` lies in, or else the next one. */
  sessionAtOrAfter(timeMs: number): TradingSession;
  /** Holidays and early closes of a year, in order. */
  holidays(year: number): readonly VenueHoliday[];
}

export function calendarOf(id: CalendarId): TradingCalendar {
  switch (id) {
    case 'ALWAYS_OPEN':
      return ALWAYS_OPEN;
    case 'XNYS':
      return XNYS;
    case 'XNAS':
      return XNAS;
    default:
      return assertNever(id);
  }
}

/** Sessions kept; a year has about 252. */
const MAX_KEPT_SESSIONS = 10_000;
const LAST_YEAR = 2_100;
/** The longest closing since 1990, that of September 2001, lasted six days; three more are for a holiday beside such a one. */
const MAX_CLOSED_DAYS = 10;
const OPEN_MINUTES = 9 * 60 + 30;
const CLOSE_MINUTES = 16 * 60;

class NewYorkCalendar implements TradingCalendar {
  readonly id: CalendarId;
  readonly timezone = 'America/New_York';
  readonly #sessions = new Map<CivilDay, TradingSession | null>();
  readonly #holidays = new Map<number, ReadonlyMap<CivilDay, Holiday>>();

  constructor(id: CalendarId) {
    this.id = id;
  }

  isOpen(timeMs: number): boolean {
    const session = this.#session(dayAt(this.timezone, timeMs));
    return session !== null && timeMs >= session.openMs && timeMs < session.closeMs;
  }

  nextTransitionMs(timeMs: number): number {
    const { openMs, closeMs } = this.sessionAtOrAfter(timeMs);
    return timeMs < openMs ? openMs : closeMs;
  }

  sessionOn(date: string): TradingSession | null {
    return this.#session(parseDay(date));
  }

  sessionAtOrAfter(timeMs: number): TradingSession {
    const today = dayAt(this.timezone, timeMs);
    for (let day = today; day <= today + MAX_CLOSED_DAYS; day += 1) {
      const session = this.#session(day);
      if (session && timeMs < session.closeMs) return session;
    }
    throw new Error(`${this.id} has no session within ${MAX_CLOSED_DAYS} days of ${formatDay(today)}`);
  }

  holidays(year: number): readonly VenueHoliday[] {
    return [...this.#holidaysOf(year).values()].toSorted((a, b) => a.day - b.day).map(({ day, name, kind }) => ({ date: formatDay(day), name, kind }));
  }

  #session(day: CivilDay): TradingSession | null {
    let session = this.#sessions.get(day);
    if (session === undefined) {
      if (this.#sessions.size >= MAX_KEPT_SESSIONS) this.#sessions.clear();
      session = this.#makeSession(day);
      this.#sessions.set(day, session);
    }
    return session;
  }

  #makeSession(day: CivilDay): TradingSession | null {
    const holiday = this.#holidaysOf(yearOf(day)).get(day);
    if (isWeekend(day) || holiday?.kind === 'CLOSED') return null;
    const early = holiday?.kind === 'EARLY_CLOSE';
    const closeMs = zonedTimeMs(this.timezone, day, holiday?.closeMinutes ?? CLOSE_MINUTES);
    return { date: formatDay(day), openMs: zonedTimeMs(this.timezone, day, OPEN_MINUTES), closeMs, early };
  }

  #holidaysOf(year: number): ReadonlyMap<CivilDay, Holiday> {
    if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) throw new InvalidValueError(`year of ${this.id} must be ${FIRST_YEAR}..${LAST_YEAR}`, String(year));
    let holidays = this.#holidays.get(year);
    if (!holidays) this.#holidays.set(year, (holidays = newYorkHolidays(year)));
    return holidays;
  }
}

const ALWAYS_OPEN: TradingCalendar = {
  id: 'ALWAYS_OPEN',
  timezone: 'UTC',
  isOpen: () => true,
  nextTransitionMs: () => null,
  sessionOn: (date) => utcDay(parseDay(date)),
  sessionAtOrAfter: (timeMs) => utcDay(Math.floor(timeMs / MS_PER_DAY)),
  holidays: () => [],
};

function utcDay(day: CivilDay): TradingSession {
  return { date: formatDay(day), openMs: day * MS_PER_DAY, closeMs: (day + 1) * MS_PER_DAY, early: false };
}

const XNYS = new NewYorkCalendar('XNYS');
const XNAS = new NewYorkCalendar('XNAS');
