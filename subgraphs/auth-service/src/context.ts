// What a resolver gets per request: who asks, from where, and loaders that fetch each row at most once.

import DataLoader from 'dataloader';
import type { RequestContext } from '@mib/service/subgraph-server';
import type { AuthServices, ClientOrigin } from './services.ts';
import { findApiKeys, findApiKeysOf, type StoredApiKey } from './store/api-keys.ts';
import { findMfaUsers } from './store/second-factors.ts';
import { findLiveSessions, type StoredSession } from './store/sessions.ts';
import { findUsers, type StoredUser } from './store/users.ts';

export interface Context extends RequestContext {
  readonly services: AuthServices;
  readonly origin: ClientOrigin;
  readonly users: DataLoader<string, StoredUser | undefined>;
  readonly mfaEnabled: DataLoader<string, boolean>;
  readonly apiKeys: DataLoader<string, StoredApiKey | undefined>;
  readonly apiKeysOfUser: DataLoader<string, readonly StoredApiKey[]>;
  readonly sessionsOfUser: DataLoader<string, readonly StoredSession[]>;
}

/** Ids in one SQL statement; the router's representations come in batches of this order too. */
const MAX_BATCH = 500;

/** `clientIp` and `userAgent` are there when the router forwards them. */
export function createContext(services: AuthServices, request: RequestContext): Context {
  const { prisma, now } = services;
  return {
    ...request,
    services,
    origin: { ip: request.clientIp ?? null, userAgent: request.userAgent ?? null },
    users: loader(async (ids) => byId(ids, await findUsers(prisma, ids))),
    mfaEnabled: loader(async (ids) => {
      const enabled = await findMfaUsers(prisma, ids);
      return ids.map((id) => enabled.has(id));
    }),
    apiKeys: loader(async (ids) => byId(ids, await findApiKeys(prisma, ids))),
    apiKeysOfUser: loader(async (userIds) => byUser(userIds, await findApiKeysOf(prisma, userIds))),
    sessionsOfUser: loader(async (userIds) => byUser(userIds, await findLiveSessions(prisma, userIds, now()))),
  };
}

function loader<T>(load: (keys: readonly string[]) => Promise<readonly T[]>): DataLoader<string, T> {
  return new DataLoader(load, { maxBatchSize: MAX_BATCH });
}

function byId<T extends { readonly id: string }>(ids: readonly string[], rows: readonly T[]): readonly (T | undefined)[] {
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id));
}

function byUser<T extends { readonly userId: string }>(userIds: readonly string[], rows: readonly T[]): readonly (readonly T[])[] {
  const found = new Map<string, T[]>(userIds.map((id) => [id, []]));
  for (const row of rows) found.get(row.userId)?.push(row);
  return userIds.map((id) => found.get(id) ?? []);
}
