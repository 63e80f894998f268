// Venues, with their sessions and holidays out of the calendar they keep. All public.

import { formatDay, parseDay } from '@mib/model/calendar/civil-day';
import { calendarOf, type TradingSession as Session } from '@mib/model/calendar/trading-calendar';
import { InvalidValueError } from '@mib/model/invalid-value';
import { ClientError } from '@mib/service/errors';
import { sessionStateOf } from '../domain/venue.ts';
import type { TradingSessionResolvers, VenueResolvers } from '../generated/resolvers-types.ts';
import { checkDate } from './dates.ts';

/** Days that one question may ask about. */
const MAX_DAYS = 400;

export const Venue: VenueResolvers = {
  __resolveReference: ({ id }, context) => context.venueById.load(id),
  isOpen: (venue, _, context) => sessionStateOf(venue, context.now()).isOpen,
  nextTransition: (venue, _, context) => toDateTime(sessionStateOf(venue, context.now()).nextTransitionMs),
  sessions: ({ calendar }, { from, to }) => asked(() => sessionsOf(from, to, (date) => calendarOf(calendar).sessionOn(date))),
  holidays: ({ calendar }, { year }) => asked(() => [...calendarOf(calendar).holidays(year)]),
};

export const TradingSession: TradingSessionResolvers = {
  open: ({ openMs }) => toDateTime(openMs),
  close: ({ closeMs }) => toDateTime(closeMs),
};

function sessionsOf(from: string, to: string, sessionOn: (date: string) => Session | null): Session[] {
  const first = parseDay(checkDate('from', from)!);
  const last = parseDay(checkDate('to', to)!);
  if (last - first >= MAX_DAYS) throw new ClientError('VALIDATION', `from and to must span at most ${MAX_DAYS} days, were ${last - first + 1}`, { field: ['to'] });
  const sessions: Session[] = [];
  for (let day = first; day <= last; day += 1) {
    const session = sessionOn(formatDay(day));
    if (session) sessions.push(session);
  }
  return sessions;
}

/** The calendar's own refusals, such as a year it has no rules for, are the client's to mend. */
function asked<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (error instanceof InvalidValueError) throw new ClientError('VALIDATION', error.message, { cause: error });
    throw error;
  }
}

function toDateTime(timeMs: number): string;
function toDateTime(timeMs: number | null): string | null;
function toDateTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
