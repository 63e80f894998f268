// Reading users' notifications and marking them as read, through Prisma; they are made in inbox.ts.

import type { Prisma, PrismaClient } from '@mib/prisma/client';
import type { Severity } from '../domain/notification.ts';
import { UUID } from './rule-store.ts';

export interface StoredNotification {
  readonly id: string;
  readonly userId: string;
  readonly number: number;
  readonly ruleId: string | null;
  readonly instrumentId: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  readonly atNs: bigint;
  readonly readAt: Date | null;
}

export interface NotificationPage {
  readonly limit: number;
  /** Only numbers below this one. */
  readonly before: number;
  readonly unreadOnly: boolean;
}

export class NotificationStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async byIds(ids: readonly string[]): Promise<StoredNotification[]> {
    return (await this.#prisma.notification.findMany({ where: { id: { in: ids.filter((id) => UUID.test(id)) } } })).map(stored);
  }

  /** Newest first. */
  async page(userId: string, { limit, before, unreadOnly }: NotificationPage): Promise<StoredNotification[]> {
    const where = { userId, number: { lt: before }, ...(unreadOnly && { readAt: null }) };
    return (await this.#prisma.notification.findMany({ where, orderBy: { number: 'desc' }, take: limit })).map(stored);
  }

  /** Oldest first, behind a number. */
  async after(userId: string, number: number, limit: number): Promise<StoredNotification[]> {
    return (await this.#prisma.notification.findMany({ where: { userId, number: { gt: number } }, orderBy: { number: 'asc' }, take: limit })).map(stored);
  }

  unreadCount(userId: string): Promise<number> {
    return this.#prisma.notification.count({ where: { userId, readAt: null } });
  }

  /** Number of the user's newest notification, 0 before the first. */
  async lastNumber(userId: string): Promise<number> {
    return Number((await this.#prisma.notificationInbox.findUnique({ where: { userId } }))?.lastNumber ?? 0);
  }

  /** @returns how many of the user's notifications were unread until now. */
  async markRead(userId: string, ids: readonly string[], now: Date): Promise<number> {
    const { count } = await this.#prisma.notification.updateMany({ where: { userId, id: { in: ids.filter((id) => UUID.test(id)) }, readAt: null }, data: { readAt: now } });
    return count;
  }
}

function stored(row: Prisma.NotificationGetPayload<object>): StoredNotification {
  return { ...row, number: Number(row.number), severity: row.severity as Severity };
}
