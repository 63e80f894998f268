// From a clock on the wall of an IANA zone to an instant. The rules of daylight saving come with the runtime (ICU), so
// those of 1990 and those of today are both right.

import { MS_PER_DAY, type CivilDay } from './civil-day.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The instant at which a clock in `timezone` shows `minutes` past midnight on `day`.
 *
 * @param minutes - 0..1439; a time that the clock skips when summer time begins is not asked for here.
 * @returns epoch milliseconds.
 */
export function zonedTimeMs(timezone: string, day: CivilDay, minutes: number): number {
  const wallMs = day * MS_PER_DAY + minutes * 60_000;
  const nearMs = wallMs - offsetMs(timezone, wallMs);
  return wallMs - offsetMs(timezone, nearMs);
}

/** The day that a calendar in `timezone` shows at an instant. */
export function dayAt(timezone: string, timeMs: number): CivilDay {
  return Math.floor((timeMs + offsetMs(timezone, timeMs)) / MS_PER_DAY);
}

/** How far the zone's clock is ahead of UTC at an instant. */
function offsetMs(timezone: string, timeMs: number): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timezone).formatToParts(timeMs)) parts[type] = Number(value);
  const shownMs = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return shownMs - Math.floor(timeMs / 1_000) * 1_000;
}

/** Making a format costs far more than using it; there are as many as zones in use. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
    formats.set(timezone, format);
  }
  return format;
}
