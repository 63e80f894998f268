// Watchlists through Prisma. Changes of one user's lists take their turn behind an advisory lock, so that two requests at
// once cannot pass a bound or a unique name together.

import { randomUUID } from 'node:crypto';
import type { Prisma, PrismaClient } from '@mib/prisma/client';
import { ClientError } from '@mib/service/errors';
import type { StoredWatchlist } from '../domain/watchlist.ts';
import { checkItemCount, checkListCount } from '../domain/watchlist.ts';

type Transaction = Prisma.TransactionClient;

const WITH_ITEMS = { items: { orderBy: { position: 'asc' } } } as const;
/** Waiting for a connection, and then for one's turn: as long as a request may take at most. */
const TRANSACTION_MS = 10_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function findWatchlists(prisma: PrismaClient | Transaction, ids: readonly string[]): Promise<StoredWatchlist[]> {
  const rows = await prisma.processorWatchlist.findMany({ where: { id: { in: ids.filter((id) => UUID.test(id)) } }, include: WITH_ITEMS });
  return rows.map(watchlistOf);
}

/** Oldest first. */
export async function findWatchlistsOf(prisma: PrismaClient, userIds: readonly string[]): Promise<StoredWatchlist[]> {
  const rows = await prisma.processorWatchlist.findMany({ where: { userId: { in: [...userIds] } }, include: WITH_ITEMS, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  return rows.map(watchlistOf);
}

/** @throws {ClientError} CONFLICT when the name is taken, NOT_FOUND for an unknown instrument, VALIDATION beyond a bound. */
export function createWatchlist(prisma: PrismaClient, list: Omit<StoredWatchlist, 'id'>): Promise<StoredWatchlist> {
  return inTurn(prisma, list.userId, async (transaction) => {
    const { userId, name } = list;
    const instrumentIds = [...new Set(list.instrumentIds)];
    checkItemCount(instrumentIds.length);
    checkListCount(await transaction.processorWatchlist.count({ where: { userId } }));
    if (await transaction.processorWatchlist.findFirst({ where: { userId, name } })) throw new ClientError('CONFLICT', `there is a watchlist named ${JSON.stringify(name)} already`, { field: ['input', 'name'] });
    await requireInstruments(transaction, instrumentIds, ['input', 'instrumentIds']);
    const items = { create: instrumentIds.map((instrumentId, position) => ({ instrumentId, position })) };
    return watchlistOf(await transaction.processorWatchlist.create({ data: { id: randomUUID(), userId, name, items }, include: WITH_ITEMS }));
  });
}

/** @throws {ClientError} NOT_FOUND for a list that is not the user's or an unknown instrument, VALIDATION when full. */
export function addWatchlistItem(prisma: PrismaClient, item: WatchlistItem): Promise<StoredWatchlist> {
  return inTurn(prisma, item.userId, async (transaction) => {
    const list = await requireOwn(transaction, item.userId, item.watchlistId);
    if (list.instrumentIds.includes(item.instrumentId)) return list;
    await requireInstruments(transaction, [item.instrumentId], ['input', 'instrumentId']);
    checkItemCount(list.instrumentIds.length + 1);
    const last = await transaction.processorWatchlistItem.aggregate({ where: { watchlistId: list.id }, _max: { position: true } });
    await transaction.processorWatchlistItem.create({ data: { watchlistId: list.id, instrumentId: item.instrumentId, position: (last._max.position ?? -1) + 1 } });
    return { ...list, instrumentIds: [...list.instrumentIds, item.instrumentId] };
  });
}

/** @throws {ClientError} NOT_FOUND for a list that is not the user's. */
export function removeWatchlistItem(prisma: PrismaClient, item: WatchlistItem): Promise<StoredWatchlist> {
  return inTurn(prisma, item.userId, async (transaction) => {
    const list = await requireOwn(transaction, item.userId, item.watchlistId);
    await transaction.processorWatchlistItem.deleteMany({ where: { watchlistId: list.id, instrumentId: item.instrumentId } });
    return { ...list, instrumentIds: list.instrumentIds.filter((id) => id !== item.instrumentId) };
  });
}

/** @throws {ClientError} NOT_FOUND for a list that is not the user's. */
export function deleteWatchlist(prisma: PrismaClient, userId: string, id: string): Promise<StoredWatchlist> {
  return inTurn(prisma, userId, async (transaction) => {
    const list = await requireOwn(transaction, userId, id);
    await transaction.processorWatchlist.delete({ where: { id } });
    return list;
  });
}

export interface WatchlistItem {
  readonly userId: string;
  readonly watchlistId: string;
  readonly instrumentId: string;
}

function inTurn<T>(prisma: PrismaClient, userId: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`watchlists of ${userId}`}, 0))`;
    return work(transaction);
  }, { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS });
}

/** Somebody else's list and none at all are the same answer. */
async function requireOwn(transaction: Transaction, userId: string, id: string): Promise<StoredWatchlist> {
  const [list] = await findWatchlists(transaction, [id]);
  if (list?.userId !== userId) throw new ClientError('NOT_FOUND', `no watchlist ${JSON.stringify(id)}`);
  return list;
}

async function requireInstruments(transaction: Transaction, ids: readonly string[], field: readonly string[]): Promise<void> {
  const known = await transaction.processorInstrument.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
  const found = new Set(known.map((each) => each.id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw new ClientError('NOT_FOUND', `no instrument ${JSON.stringify(missing)}`, { field });
}

function watchlistOf(row: { id: string; userId: string; name: string; items: { instrumentId: string }[] }): StoredWatchlist {
  return { id: row.id, userId: row.userId, name: row.name, instrumentIds: row.items.map((item) => item.instrumentId) };
}
