// Days of the Gregorian calendar as whole numbers since 1970-01-01, without a time and without a zone: what the rules of
// holidays count in.

import { InvalidValueError } from '../invalid-value.ts';
import { isCalendarDate } from '../timestamp.ts';

/** Days since 1970-01-01. */
export type CivilDay = number;
/** 0 is Sunday, as in `Date`. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export const SUNDAY = 0;
export const MONDAY = 1;
export const TUESDAY = 2;
export const WEDNESDAY = 3;
export const THURSDAY = 4;
export const FRIDAY = 5;
export const SATURDAY = 6;

export const MS_PER_DAY = 86_400_000;

/** @throws {InvalidValueError} for what is no date in the form YYYY-MM-DD. */
export function parseDay(text: string, name = 'date'): CivilDay {
  if (!isCalendarDate(text)) throw new InvalidValueError(`${name} must be a date such as 2024-07-03`, text);
  return Date.parse(`${text}T00:00:00Z`) / MS_PER_DAY;
}

export function formatDay(day: CivilDay): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** @param month - 1..12 */
export function dayOf(year: number, month: number, dayOfMonth: number): CivilDay {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY;
}

export function yearOf(day: CivilDay): number {
  return new Date(day * MS_PER_DAY).getUTCFullYear();
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: CivilDay): Weekday {
  return ((((day + THURSDAY) % 7) + 7) % 7) as Weekday;
}

/** The `nth` such weekday of a month, counted from 1. */
export function nthWeekday(nth: number, weekday: Weekday, year: number, month: number): CivilDay {
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7;
}

export function lastWeekday(weekday: Weekday, year: number, month: number): CivilDay {
  const last = dayOf(year, month + 1, 1) - 1;
  return last - ((weekdayOf(last) - weekday + 7) % 7);
}

/** Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876 (Meeus, Astronomical Algorithms, chapter 8). */
export function easterOf(year: number): CivilDay {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return dayOf(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}
