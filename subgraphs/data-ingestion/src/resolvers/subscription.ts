// Live health of the sources, and news.

import type { Context } from '../context.ts';
import type { FileImport } from '../domain/file-import.ts';
import type { NewsArticle } from '../domain/news.ts';
import type { SourceSnapshot } from '../domain/source-health.ts';
import type { SubscriptionResolvers } from '../generated/resolvers-types.ts';
import { importProgress } from './file-imports.ts';
import { newsPublished } from './news.ts';

/** Snapshots waiting for a slow reader; newer ones replace the oldest. */
const MAX_QUEUED = 16;

export const Subscription: SubscriptionResolvers = {
  dataSourceHealth: {
    subscribe: (_, { id }, context) => healthOf(context, id ?? undefined),
    resolve: (snapshot: SourceSnapshot) => snapshot,
  },
  importProgress: {
    subscribe: (_, { id }, context) => importProgress(context, id),
    resolve: (fileImport: FileImport) => fileImport,
  },
  newsPublished: {
    subscribe: (_, { symbols }, context) => newsPublished(context, symbols ?? undefined),
    resolve: (article: NewsArticle) => article,
  },
};

async function* healthOf({ sources, signal }: Context, id: string | undefined): AsyncGenerator<SourceSnapshot> {
  if (id !== undefined) sources.health(id);
  const changes = sources.changes.subscribe({ filter: (snapshot) => id === undefined || snapshot.id === id, maxQueued: MAX_QUEUED, overflow: 'drop-oldest', signal });
  try {
    yield* sources.snapshots().filter((snapshot) => id === undefined || snapshot.id === id);
    yield* changes;
  } finally {
    await changes.return?.();
  }
}
