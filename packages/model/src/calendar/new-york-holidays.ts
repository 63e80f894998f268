// The days on which the New York exchanges do not trade, or close early, since 1990: NYSE Rule 7.2 with the history of
// its holidays, and the closings that no rule foresaw. Nasdaq keeps the same days.

import { dayOf, easterOf, lastWeekday, MONDAY, nthWeekday, parseDay, SATURDAY, SUNDAY, THURSDAY, TUESDAY, WEDNESDAY, weekdayOf, type CivilDay } from './civil-day.ts';

export interface Holiday {
  readonly day: CivilDay;
  readonly name: string;
  readonly kind: 'CLOSED' | 'EARLY_CLOSE';
  /** Of an early close: minutes past midnight in New York. */
  readonly closeMinutes?: number;
}

export const FIRST_YEAR = 1990;
/** Early closes came at 14:00 until then, at 13:00 since. */
const LAST_YEAR_OF_TWO_O_CLOCK = 1992;

/** Holidays and early closes of one year by day; of two names for one day the closing one holds. */
export function newYorkHolidays(year: number): ReadonlyMap<CivilDay, Holiday> {
  const closings = [...ruledClosings(year), ...unforeseenClosings(year)].map(([day, name]): Holiday => ({ day, name, kind: 'CLOSED' }));
  const early = earlyCloses(year).map(([day, name]): Holiday => ({ day, name, kind: 'EARLY_CLOSE', closeMinutes: year <= LAST_YEAR_OF_TWO_O_CLOCK ? 14 * 60 : 13 * 60 }));
  return new Map([...early, ...closings].map((holiday) => [holiday.day, holiday]));
}

type Named = readonly [day: CivilDay, name: string];

/** A holiday on Saturday is observed on Friday, one on Sunday on Monday; but New Year's Day never on 31 December, the end of a year's accounts. */
function ruledClosings(year: number): Named[] {
  const newYear = dayOf(year, 1, 1);
  const closings: Named[] = [
    [nthWeekday(3, MONDAY, year, 2), "Washington's Birthday"],
    [easterOf(year) - 2, 'Good Friday'],
    [lastWeekday(MONDAY, year, 5), 'Memorial Day'],
    [observed(dayOf(year, 7, 4)), 'Independence Day'],
    [nthWeekday(1, MONDAY, year, 9), 'Labor Day'],
    [nthWeekday(4, THURSDAY, year, 11), 'Thanksgiving Day'],
    [observed(dayOf(year, 12, 25)), 'Christmas Day'],
  ];
  if (weekdayOf(newYear) !== SATURDAY) closings.push([observed(newYear), "New Year's Day"]);
  if (year >= 1998) closings.push([nthWeekday(3, MONDAY, year, 1), 'Martin Luther King, Jr. Day']);
  if (year >= 2022) closings.push([observed(dayOf(year, 6, 19)), 'Juneteenth National Independence Day']);
  return closings;
}

function observed(day: CivilDay): CivilDay {
  const weekday = weekdayOf(day);
  return weekday === SATURDAY ? day - 1 : weekday === SUNDAY ? day + 1 : day;
}

const UNFORESEEN: readonly (readonly [date: string, name: string])[] = [
  ['1994-04-27', 'Funeral of Richard Nixon'],
  ['2001-09-11', 'Attacks of 11 September'],
  ['2001-09-12', 'Attacks of 11 September'],
  ['2001-09-13', 'Attacks of 11 September'],
  ['2001-09-14', 'Attacks of 11 September'],
  ['2004-06-11', 'Mourning for Ronald Reagan'],
  ['2007-01-02', 'Mourning for Gerald Ford'],
  ['2012-10-29', 'Hurricane Sandy'],
  ['2012-10-30', 'Hurricane Sandy'],
  ['2018-12-05', 'Mourning for George H. W. Bush'],
  ['2025-01-09', 'Mourning for Jimmy Carter'],
];

function unforeseenClosings(year: number): Named[] {
  return UNFORESEEN.filter(([date]) => date.startsWith(`${year}-`)).map(([date, name]): Named => [parseDay(date), name]);
}

/** Announced year by year; these rules give what was announced since 1993, and SINGLE_EARLY_CLOSES the rest. */
function earlyCloses(year: number): Named[] {
  const closes: Named[] = [];
  if (year >= 1993) closes.push([nthWeekday(4, THURSDAY, year, 11) + 1, 'Day after Thanksgiving']);
  const christmasEve = dayOf(year, 12, 24);
  if (year >= 1993 && [MONDAY, TUESDAY, WEDNESDAY, THURSDAY].includes(weekdayOf(christmasEve))) closes.push([christmasEve, 'Christmas Eve']);
  closes.push(...aroundIndependenceDay(year), ...SINGLE_EARLY_CLOSES.filter(([date]) => date.startsWith(`${year}-`)).map(([date, name]): Named => [parseDay(date), name]));
  return closes;
}

/** Until 2012 the Friday behind a Thursday's holiday closed early, since 2013 the Wednesday before it does. */
function aroundIndependenceDay(year: number): Named[] {
  if (year < 1995) return [];
  const eve = dayOf(year, 7, 3);
  const weekday = weekdayOf(eve);
  if (weekday === WEDNESDAY) return [year >= 2013 ? [eve, 'Eve of Independence Day'] : [eve + 2, 'Day after Independence Day']];
  return weekday === MONDAY || weekday === TUESDAY || weekday === THURSDAY ? [[eve, 'Eve of Independence Day']] : [];
}

const SINGLE_EARLY_CLOSES: readonly (readonly [date: string, name: string])[] = [
  ['1990-12-24', 'Christmas Eve'],
  ['1991-12-24', 'Christmas Eve'],
  ['1992-11-27', 'Day after Thanksgiving'],
  ['1992-12-24', 'Christmas Eve'],
  ['1997-12-26', 'Day after Christmas'],
  ['1999-12-31', "New Year's Eve"],
  ['2003-12-26', 'Day after Christmas'],
];

export function isWeekend(day: CivilDay): boolean {
  const weekday = weekdayOf(day);
  return weekday === SATURDAY || weekday === SUNDAY;
}
