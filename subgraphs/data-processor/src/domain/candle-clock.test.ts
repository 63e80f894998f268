import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarOf } from '@mib/model/calendar/trading-calendar';
import { AFTER_HOURS_MS, partsOf, sessionClock, UTC_CLOCK } from './candle-clock.ts';

const DAY_MS = 86_400_000;
const FIRST_YEAR = 2004;
const LAST_YEAR = 2030;

describe('a day of New York', () => {
  const clock = sessionClock(calendarOf('XNYS'));
  const at = (text: string) => Date.parse(text);

  it.each([
    ['the open', '2024-01-05T14:30:00Z', '2024-01-05'],
    ['the hours after the bell, on the next date of UTC', '2024-01-06T00:59:59.999Z', '2024-01-05'],
    ['the hour after those', '2024-01-06T01:00:00Z', '2024-01-08'],
    ['a Sunday', '2024-01-07T12:00:00Z', '2024-01-08'],
    ['the morning before a holiday ends', '2024-01-15T15:00:00Z', '2024-01-16'],
    ['the afternoon of a half day', '2024-07-03T20:59:59Z', '2024-07-03'],
    ['the evening of a half day', '2024-07-03T21:00:00Z', '2024-07-05'],
  ])('holds %s', (_, time, date) => {
    const bucket = clock.bucket('D1', at(time));
    expect(new Date(bucket.openTimeMs).toISOString().slice(0, 10)).toBe(date);
    expect(at(time)).toBeGreaterThanOrEqual(bucket.fromMs);
    expect(at(time)).toBeLessThan(bucket.toMs);
    expect(clock.endOf('D1', bucket.openTimeMs)).toBe(bucket.toMs);
  });

  it('gives its week and month the name of theirs', () => {
    expect(new Date(clock.bucket('W1', at('2024-01-07T12:00:00Z')).openTimeMs).toISOString()).toBe('2024-01-08T00:00:00.000Z');
    expect(new Date(clock.bucket('MO1', at('2024-06-01T00:30:00Z')).openTimeMs).toISOString()).toBe('2024-06-01T00:00:00.000Z');
    expect(new Date(clock.bucket('MO1', at('2024-05-31T23:30:00Z')).openTimeMs).toISOString()).toBe('2024-05-01T00:00:00.000Z');
  });

  it('falls back to UTC for years without rules', () => {
    expect(clock.bucket('D1', at('1980-03-04T23:00:00Z'))).toEqual(UTC_CLOCK.bucket('D1', at('1980-03-04T23:00:00Z')));
  });
});

describe('days, weeks and months of New York', () => {
  const clock = sessionClock(calendarOf('XNYS'));
  const ends = naiveEnds();
  const within = ends.slice(40, -40);
  const odd = within.filter(({ dateMs, early }) => early || inWeekOfNewTime(dateMs));
  const moments = fc.oneof(
    fc.integer({ min: within[0]!.endMs, max: within.at(-1)!.endMs }),
    fc.tuple(fc.constantFrom(...within), fc.constantFrom(-1, 0, 1, -3_600_000, 3_600_000)).map(([{ endMs }, offsetMs]) => endMs + offsetMs),
    fc.tuple(fc.constantFrom(...odd), fc.integer({ min: -DAY_MS, max: DAY_MS })).map(([{ endMs }, offsetMs]) => endMs + offsetMs),
  );

  it('are those of a list of all sessions, half days and weeks of new time included', () => {
    expect(odd.filter(({ early }) => early).length).toBeGreaterThan(40);
    fc.assert(fc.property(moments, (timeMs) => {
      for (const interval of ['D1', 'W1', 'MO1'] as const) expect(clock.bucket(interval, timeMs)).toEqual(naiveBucket(interval, timeMs));
    }), { numRuns: 400 });
  });

  it('hold each moment once: a bucket ends where the next begins, and its parts are its own', () => {
    fc.assert(fc.property(moments, fc.constantFrom('D1', 'W1', 'MO1'), (timeMs, interval) => {
      const bucket = clock.bucket(interval, timeMs);
      const [first, last, before, after] = [bucket.fromMs, bucket.toMs - 1, bucket.fromMs - 1, bucket.toMs].map((each) => clock.bucket(interval, each).openTimeMs);
      expect([first, last]).toEqual([bucket.openTimeMs, bucket.openTimeMs]);
      expect(before! < bucket.openTimeMs && after! > bucket.openTimeMs).toBe(true);
      expect(partsOf(clock, interval, 'H1', bucket.openTimeMs)).toEqual({ fromMs: bucket.fromMs, toMs: bucket.toMs });
    }), { numRuns: 200 });
  });

  function naiveBucket(interval: 'D1' | 'W1' | 'MO1', timeMs: number) {
    const own = ends.find(({ endMs }) => endMs > timeMs)!;
    const nameOf = (dateMs: number): number => {
      const date = new Date(dateMs);
      if (interval === 'D1') return dateMs;
      if (interval === 'MO1') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
      return dateMs - ((date.getUTCDay() + 6) % 7) * DAY_MS;
    };
    const openTimeMs = nameOf(own.dateMs);
    const inside = ends.filter(({ dateMs }) => nameOf(dateMs) === openTimeMs);
    return { openTimeMs, fromMs: ends[ends.indexOf(inside[0]!) - 1]!.endMs, toMs: inside.at(-1)!.endMs };
  }
});

interface SessionEnd {
  /** Midnight UTC of its date. */
  readonly dateMs: number;
  readonly endMs: number;
  readonly early: boolean;
}

/** Every session by the wall clock of New York: 16:00, or 13:00 of a half day, and four hours. */
function naiveEnds(): SessionEnd[] {
  const wall = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: 'numeric', hourCycle: 'h23' });
  const kinds = new Map<string, string>();
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) for (const { date, kind } of calendarOf('XNYS').holidays(year)) kinds.set(date, kind);
  const ends: SessionEnd[] = [];
  for (let dateMs = Date.UTC(FIRST_YEAR, 0, 1); dateMs < Date.UTC(LAST_YEAR + 1, 0, 1); dateMs += DAY_MS) {
    const kind = kinds.get(new Date(dateMs).toISOString().slice(0, 10));
    if (kind === 'CLOSED' || [0, 6].includes(new Date(dateMs).getUTCDay())) continue;
    const hour = kind === 'EARLY_CLOSE' ? 13 : 16;
    const closeMs = [4, 5].map((behind) => dateMs + (hour + behind) * 3_600_000).find((timeMs) => Number(wall.format(timeMs)) === hour)!;
    ends.push({ dateMs, endMs: closeMs + AFTER_HOURS_MS, early: kind === 'EARLY_CLOSE' });
  }
  return ends;
}

/** Two weeks around the second Sunday of March and the first of November. */
function inWeekOfNewTime(dateMs: number): boolean {
  const [month, day] = [new Date(dateMs).getUTCMonth(), new Date(dateMs).getUTCDate()];
  return (month === 2 && day >= 5 && day <= 19) || (month === 10 && day <= 10);
}
