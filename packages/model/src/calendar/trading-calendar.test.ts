import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDay, MS_PER_DAY } from './civil-day.ts';
import { calendarOf, CALENDAR_IDS } from './trading-calendar.ts';

const XNYS = calendarOf('XNYS');
const at = (text: string): number => Date.parse(text);

describe('the calendar of New York', () => {
  it.each([
    ['Christmas Eve when early was 14:00', '1992-12-24', '1992-12-24T14:30:00Z', '1992-12-24T19:00:00Z', true],
    ['an ordinary day in winter', '2024-01-02', '2024-01-02T14:30:00Z', '2024-01-02T21:00:00Z', false],
    ['an ordinary day in summer', '2024-07-02', '2024-07-02T13:30:00Z', '2024-07-02T20:00:00Z', false],
    ['the eve of Independence Day', '2024-07-03', '2024-07-03T13:30:00Z', '2024-07-03T17:00:00Z', true],
    ['the day after Thanksgiving', '2023-11-24', '2023-11-24T14:30:00Z', '2023-11-24T18:00:00Z', true],
    ['Christmas Eve', '2024-12-24', '2024-12-24T14:30:00Z', '2024-12-24T18:00:00Z', true],
    ['the Friday after Independence Day, before 2013', '2002-07-05', '2002-07-05T13:30:00Z', '2002-07-05T17:00:00Z', true],
    ['a day of April under the summer time of 2006', '2006-04-03', '2006-04-03T13:30:00Z', '2006-04-03T20:00:00Z', false],
    ['a day of March before the summer time of 2006', '2006-03-27', '2006-03-27T14:30:00Z', '2006-03-27T21:00:00Z', false],
    ['the same day under the rule of 2007', '2007-03-27', '2007-03-27T13:30:00Z', '2007-03-27T20:00:00Z', false],
    ["New Year's Eve of a Saturday's New Year", '2021-12-31', '2021-12-31T14:30:00Z', '2021-12-31T21:00:00Z', false],
  ])('trades on %s', (_, date, open, close, early) => {
    expect(XNYS.sessionOn(date)).toEqual({ date, openMs: at(open), closeMs: at(close), early });
  });

  it.each([
    ['a Saturday', '2024-01-06'], ['Good Friday', '2024-03-29'], ['Juneteenth', '2024-06-19'], ['Monday for a Sunday', '2022-12-26'], ['Friday for a Saturday', '2020-07-03'],
    ['Martin Luther King Day', '2024-01-15'], ['September 2001', '2001-09-13'], ['Hurricane Sandy', '2012-10-30'], ['the mourning for a president', '2018-12-05'],
  ])('does not trade on %s', (_, date) => expect(XNYS.sessionOn(date)).toBeNull());

  it('traded on Juneteenth before 2022 and on Martin Luther King Day before 1998', () => {
    expect(XNYS.sessionOn('2020-06-19')).not.toBeNull();
    expect(XNYS.sessionOn('1997-01-20')).not.toBeNull();
  });

  it('has the sessions that the S&P 500 has prices for, day for day from 2000 to 2020', () => {
    const dates = readFileSync(new URL(import.meta.resolve('vega-datasets').replace(/\/build\/.*/, '/data/sp500-2000.csv')), 'utf8').split('\n').slice(1).map((line) => line.slice(0, 10)).filter((date) => date !== '');
    expect(daysWithSession(dates[0]!, dates.at(-1)!)).toEqual(dates);
  });

  it('opens and closes at the instants it announced', () => {
    fc.assert(fc.property(fc.integer({ min: at('1990-01-02T00:00:00Z'), max: at('2099-12-01T00:00:00Z') }), (timeMs) => {
      const next = XNYS.nextTransitionMs(timeMs)!;
      expect(next).toBeGreaterThan(timeMs);
      expect(XNYS.isOpen(next)).toBe(!XNYS.isOpen(timeMs));
      expect(XNYS.isOpen(next - 1)).toBe(XNYS.isOpen(timeMs));
      const session = XNYS.sessionAtOrAfter(timeMs);
      expect(XNYS.sessionOn(session.date)).toEqual(session);
      expect(XNYS.isOpen(timeMs)).toBe(timeMs >= session.openMs && timeMs < session.closeMs);
    }), { numRuns: 300 });
  });

  it('names its holidays in order', () => {
    expect(XNYS.holidays(2024).map(({ date, name, kind }) => `${date} ${kind === 'CLOSED' ? name : `early: ${name}`}`)).toEqual([
      "2024-01-01 New Year's Day", '2024-01-15 Martin Luther King, Jr. Day', "2024-02-19 Washington's Birthday", '2024-03-29 Good Friday', '2024-05-27 Memorial Day',
      '2024-06-19 Juneteenth National Independence Day', '2024-07-03 early: Eve of Independence Day', '2024-07-04 Independence Day', '2024-09-02 Labor Day',
      '2024-11-28 Thanksgiving Day', '2024-11-29 early: Day after Thanksgiving', '2024-12-24 early: Christmas Eve', '2024-12-25 Christmas Day',
    ]);
  });

  it.each([['1989-12-29'], ['2101-01-03']])('refuses %s, for which it has no rules', (date) => {
    expect(() => XNYS.sessionOn(date)).toThrow(`year of XNYS must be 1990..2100, was "${date.slice(0, 4)}"`);
  });
});

describe('a calendar without holidays', () => {
  it('is always open, in sessions of a UTC day', () => {
    const always = calendarOf('ALWAYS_OPEN');
    expect([always.isOpen(at('2024-12-25T03:00:00Z')), always.nextTransitionMs(0), always.holidays(2024)]).toEqual([true, null, []]);
    expect(always.sessionAtOrAfter(at('2024-12-25T03:00:00Z'))).toEqual({ date: '2024-12-25', openMs: at('2024-12-25T00:00:00Z'), closeMs: at('2024-12-26T00:00:00Z'), early: false });
  });
});

describe('every calendar', () => {
  it.each(CALENDAR_IDS.map((id) => [id] as const))('%s answers under its own id and refuses what is no date', (id) => {
    expect(calendarOf(id).id).toBe(id);
    expect(() => calendarOf(id).sessionOn('2024-02-30')).toThrow('date must be a date such as 2024-07-03, was "2024-02-30"');
  });
});

function daysWithSession(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = at(`${from}T00:00:00Z`) / MS_PER_DAY; day <= at(`${to}T00:00:00Z`) / MS_PER_DAY; day += 1) {
    if (XNYS.sessionOn(formatDay(day))) days.push(formatDay(day));
  }
  return days;
}
