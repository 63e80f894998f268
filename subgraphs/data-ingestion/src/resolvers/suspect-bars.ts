// Bars of an instrument that look like bad prints. They stay stored as they came: whoever uses them decides.

import { INTERVALS, type Interval } from '@mib/model/interval';
import { parseTimestamp, timestampToDate } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';
import type { Instrument } from '../domain/instrument.ts';
import { scoreBars, SUSPECT_SCORE } from '../domain/quality/bar-prints.ts';
import type { SuspectBar } from '../generated/resolvers-types.ts';
import { storedBars } from '../store/stored-bars.ts';
import { checkFirst } from './connection.ts';

/** Bars that one question scores, the newest of the range: twenty years of days, or two weeks of minutes. */
export const MAX_SCORED_BARS = 20_000;

export interface SuspectBarsArguments {
  readonly interval?: Interval | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly first?: number | null;
  readonly minScore?: number | null;
}

/** Worst first. */
export async function suspectBarsOf({ number }: Instrument, { interval, from, to, first, minScore }: SuspectBarsArguments, { pool }: Context): Promise<SuspectBar[]> {
  const count = checkFirst(first);
  const lowest = minScore ?? SUSPECT_SCORE;
  if (!(lowest >= 0)) throw new ClientError('VALIDATION', `minScore must be 0 or more, was ${lowest}`, { field: ['minScore'] });
  if (!interval || !INTERVALS.includes(interval)) throw new ClientError('VALIDATION', `interval must be one of ${INTERVALS.join(' ')}`, { field: ['interval'] });
  const bars = await storedBars(pool, number, interval, { from: timeOf('from', from), to: timeOf('to', to), limit: MAX_SCORED_BARS });
  const scores = scoreBars(bars.map((bar) => ({ open: Number(bar.open), high: Number(bar.high), low: Number(bar.low), close: Number(bar.close) })));
  return bars
    .map((bar, index) => ({ ...bar, interval, openTime: bar.openTime.toISOString().replace('.000Z', 'Z'), score: scores[index]! }))
    .filter(({ score }) => score >= lowest)
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}

function timeOf(field: string, text: string | null | undefined): Date | undefined {
  return text === null || text === undefined ? undefined : timestampToDate(parseTimestamp(text, field));
}
