// Days of the Gregorian calendar in UTC, as text YYYY-MM-DD: they compare as texts.

import { isCalendarDate } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';

const DAY_MS = 86_400_000;
/** Ten years with their leap days: what one answer values day by day at most. */
export const MAX_RANGE_DAYS = 3_660;

export interface DayRange {
  readonly fromDay: string;
  readonly throughDay: string;
}

/** @throws {ClientError} VALIDATION naming the argument that is no date, or not in order. */
export function parseDayRange(from: string, to: string): DayRange {
  for (const [name, text] of [['from', from], ['to', to]] as const) {
    if (!isCalendarDate(text)) throw new ClientError('VALIDATION', `${name} must be a date YYYY-MM-DD, was ${JSON.stringify(text.slice(0, 40))}`, { field: [name] });
  }
  if (from > to) throw new ClientError('VALIDATION', `from must not be after to, was ${from} and ${to}`, { field: ['from'] });
  return { fromDay: from, throughDay: to };
}

/**
 * The days of `range` that an account existed; undefined when there are none.
 *
 * @throws {ClientError} VALIDATION when they are more than MAX_RANGE_DAYS.
 */
export function livedDays({ fromDay, throughDay }: DayRange, life: { readonly openedDay: string; readonly today: string }): DayRange | undefined {
  const lived = { fromDay: fromDay > life.openedDay ? fromDay : life.openedDay, throughDay: throughDay < life.today ? throughDay : life.today };
  if (lived.fromDay > lived.throughDay) return undefined;
  const days = (Date.parse(lived.throughDay) - Date.parse(lived.fromDay)) / DAY_MS + 1;
  if (days > MAX_RANGE_DAYS) throw new ClientError('VALIDATION', `from and to must be at most ${MAX_RANGE_DAYS} days apart, were ${days}`, { field: ['from'] });
  return lived;
}

export function dayOfDate(date: Date): string {
  return date.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/** `count` days later, or earlier when negative. */
export function dayAfter(day: string, count = 1): string {
  return dayOfDate(new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS));
}
