// Venues, and when they are open. A venue names the calendar whose rules it keeps; nothing here knows what time it is.

import { calendarOf, type CalendarId } from '@mib/model/calendar/trading-calendar';

export interface Venue {
  readonly id: string;
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  /** Whose sessions and holidays it keeps. */
  readonly calendar: CalendarId;
  /** Prices and trades of this venue are made up by a simulator. */
  readonly synthetic: boolean;
}

export interface SessionState {
  readonly isOpen: boolean;
  /** Epoch milliseconds at which `isOpen` changes next; null when it never does. */
  readonly nextTransitionMs: number | null;
}

export const SIMULATED_VENUE: Venue = { id: 'XSIM', name: 'Simulated venue (synthetic)', timezone: 'UTC', calendar: 'ALWAYS_OPEN', synthetic: true };

/** Known from the first start; a connector adds the venue it connects. Ids are market identifier codes, ISO 10383. */
export const FIRST_VENUES: readonly Venue[] = [
  SIMULATED_VENUE,
  { id: 'XNAS', name: 'Nasdaq', timezone: 'America/New_York', calendar: 'XNAS', synthetic: false },
  { id: 'XNYS', name: 'New York Stock Exchange', timezone: 'America/New_York', calendar: 'XNYS', synthetic: false },
];

export function sessionStateOf({ calendar }: Venue, nowMs: number): SessionState {
  const rules = calendarOf(calendar);
  return { isOpen: rules.isOpen(nowMs), nextTransitionMs: rules.nextTransitionMs(nowMs) };
}
