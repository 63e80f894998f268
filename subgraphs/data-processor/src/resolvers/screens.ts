// Screens: the query's pages are over the members of one moment, so a cursor is a rank.

import { InvalidValueError } from '@mib/model/invalid-value';
import { ClientError } from '@mib/service/errors';
import { requireUser } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import type { ScreenMember } from '../domain/screen/screen.ts';
import { parseScreen } from '../domain/screen/screen-spec.ts';
import type { QueryResolvers, ScreenInput, SubscriptionResolvers } from '../generated/resolvers-types.ts';
import { allInstruments } from '../store/instrument-directory.ts';
import { MAX_SCREENED } from '../streams/screener.ts';
import { mapIterator } from '../streams/map-iterator.ts';
import { pageSize } from './arguments.ts';

export const screenQueries: Pick<QueryResolvers, 'screen'> = {
  async screen(_, { input, first, after }, context) {
    const size = pageSize(first);
    const afterRank = rankOfCursor(after);
    const spec = parseScreen(input);
    const members = await context.services.screener.query(spec, await candidates(input, context));
    const edges = members.slice(afterRank, afterRank + size).map((member) => ({ cursor: cursorOfRank(member.rank), node: graphMember(member) }));
    return { edges, pageInfo: { hasNextPage: members.length > afterRank + size, hasPreviousPage: afterRank > 0, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null } };
  },
};

export const screenSubscriptions: Pick<SubscriptionResolvers, 'screenChanged'> = {
  screenChanged: {
    async subscribe(_, { input }, context) {
      const spec = parseScreen(input);
      const changes = context.services.screener.subscribe(spec, await candidates(input, context), context.signal);
      return mapIterator(changes, ({ entered, moved, left, members }) => ({ screenChanged: { entered: entered.map(graphMember), moved: moved.map(graphMember), left: [...left], members } }));
    },
  },
};

/** @throws {ClientError} NOT_FOUND for a watchlist that is not the viewer's. */
async function candidates({ watchlistId }: ScreenInput, { viewer, watchlist, services }: Context): Promise<readonly string[]> {
  if (watchlistId == null) return allInstruments(services.pool, MAX_SCREENED);
  const { userId } = requireUser(viewer);
  const list = await watchlist.load(watchlistId);
  if (list?.userId !== userId) throw new ClientError('NOT_FOUND', `no watchlist ${JSON.stringify(watchlistId)}`);
  return list.instrumentIds;
}

function graphMember({ instrumentId, rank, value }: ScreenMember) {
  return { instrument: { id: instrumentId }, rank, value };
}

function cursorOfRank(rank: number): string {
  return Buffer.from(`r${rank}`).toString('base64url');
}

/** 0 without a cursor. @throws {InvalidValueError} */
function rankOfCursor(cursor: string | null | undefined): number {
  if (cursor == null) return 0;
  const match = /^r(\d{1,3})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw new InvalidValueError('after must be a cursor of an earlier page', cursor);
  return Number(match[1]);
}
