// Watchlists: only ever the viewer's own. The router enforces scopes, and so does each resolver here again.

import { asClientError, toUserError } from '@mib/service/errors';
import type { Viewer } from '@mib/service/viewer';
import { requireScope, requireUser } from '@mib/service/viewer';
import type { StoredWatchlist } from '../domain/watchlist.ts';
import { watchlistName } from '../domain/watchlist.ts';
import type { MutationResolvers, QueryResolvers, UserResolvers, WatchlistPayload, WatchlistResolvers } from '../generated/resolvers-types.ts';
import { addWatchlistItem, createWatchlist, deleteWatchlist, removeWatchlistItem } from '../store/watchlists.ts';
import { graphWatchlist } from './graph-values.ts';

const WRITE = 'watchlist:write';

export const watchlistQueries: QueryResolvers = {
  async watchlist(_, { id }, { viewer, watchlist }) {
    requireUser(viewer);
    return own(viewer, await watchlist.load(id));
  },
};

export const watchlistMutations: MutationResolvers = {
  createWatchlist(_, { input }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(async () => createWatchlist(services.prisma, { userId, name: watchlistName(input.name), instrumentIds: input.instrumentIds ?? [] }));
  },
  addToWatchlist(_, { input }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(() => addWatchlistItem(services.prisma, { ...input, userId }));
  },
  removeFromWatchlist(_, { input }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(() => removeWatchlistItem(services.prisma, { ...input, userId }));
  },
  deleteWatchlist(_, { id }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(() => deleteWatchlist(services.prisma, userId, id));
  },
};

export const watchlist: WatchlistResolvers = {
  __resolveReference: async ({ id }, { viewer, watchlist: loader }) => own(viewer, await loader.load(id)),
};

export const user: UserResolvers = {
  __resolveReference: ({ id }, { viewer }) => (isViewer(viewer, id) ? { id } : null),
  async watchlists({ id }, _, { viewer, watchlistsOfUser }) {
    return isViewer(viewer, id) ? (await watchlistsOfUser.load(id)).map(graphWatchlist) : null;
  },
};

function own(viewer: Viewer, list: StoredWatchlist | undefined): ReturnType<typeof graphWatchlist> | null {
  return list && isViewer(viewer, list.userId) ? graphWatchlist(list) : null;
}

function isViewer(viewer: Viewer, userId: string): boolean {
  return viewer.kind !== 'anonymous' && viewer.userId === userId;
}

async function payload(change: () => Promise<StoredWatchlist>): Promise<WatchlistPayload> {
  try {
    return { watchlist: graphWatchlist(await change()), userErrors: [] };
  } catch (error) {
    if (!asClientError(error)) throw error;
    const { code, message, field, retryable } = toUserError(error);
    return { watchlist: null, userErrors: [{ code, message, field: field && [...field], retryable }] };
  }
}
