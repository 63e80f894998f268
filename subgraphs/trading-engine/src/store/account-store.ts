// Account rows, through Prisma. A row is written before the engine hears of the account: it is the memory of the saga.

import { randomUUID } from 'node:crypto';
import { parseDecimal, type Decimal } from '@mib/model/decimal';
import { Prisma, type PrismaClient } from '@mib/prisma/client';
import { writeOutbox } from '@mib/service/outbox';
import { ACCOUNTS_TOPIC, type AccountAnnouncement } from '../events.ts';

export type AccountState = 'OPENING' | 'FUNDING' | 'OPEN';

export interface AccountRow {
  readonly number: number;
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly baseCurrency: string;
  readonly initialCash: Decimal;
  readonly state: AccountState;
  readonly createdAt: Date;
}

export interface NewAccount {
  readonly userId: string;
  readonly name: string;
  readonly baseCurrency: string;
  /** Decimal text. */
  readonly initialCash: string;
}

export type CreateOutcome = { readonly kind: 'created' | 'exists'; readonly account: AccountRow } | { readonly kind: 'too-many' };

/** Creations of one user queue up behind each other; Prisma's own 2 s for a connection are short on a busy machine. */
const PATIENCE = { maxWait: 15_000, timeout: 15_000 };

export class AccountStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** Creates the row unless the user has one of that name, or `maximum` accounts already. */
  create(account: NewAccount, maximum: number): Promise<CreateOutcome> {
    return this.#prisma.$transaction(async (transaction): Promise<CreateOutcome> => {
      // One creation a user at a time, so that the bound holds against concurrent requests.
      await transaction.$executeRaw(Prisma.sql`select pg_advisory_xact_lock(hashtextextended(${`trading.accounts:${account.userId}`}, 0))`);
      const known = await transaction.tradingAccount.findUnique({ where: { userId_name: { userId: account.userId, name: account.name } } });
      if (known) return { kind: 'exists', account: accountRow(known) };
      if ((await transaction.tradingAccount.count({ where: { userId: account.userId } })) >= maximum) return { kind: 'too-many' };
      const created = await transaction.tradingAccount.create({ data: { ...account, id: `acc_${randomUUID()}` } });
      return { kind: 'created', account: accountRow(created) };
    }, PATIENCE);
  }

  /** Moves the saga on, announcing the account when it is open; false when it was not at `from` any more. */
  advance(number: number, from: AccountState, to: AccountState): Promise<boolean> {
    return this.#prisma.$transaction(async (transaction) => {
      const { count } = await transaction.tradingAccount.updateMany({ where: { number, state: from }, data: { state: to } });
      if (count === 1 && to === 'OPEN') await announce(transaction, await transaction.tradingAccount.findMany({ where: { number } }));
      return count === 1;
    }, PATIENCE);
  }

  /** Announces open accounts that never were, oldest first; returns how many. */
  announceMissing(limit: number): Promise<number> {
    return this.#prisma.$transaction(async (transaction) => {
      const missing = await transaction.$queryRaw<{ number: number }[]>`
        select number from trading.accounts where state = 'OPEN' and announced_at is null order by number limit ${limit} for update`;
      await announce(transaction, await transaction.tradingAccount.findMany({ where: { number: { in: missing.map(({ number }) => number) }, announcedAt: null }, orderBy: { number: 'asc' } }));
      return missing.length;
    }, PATIENCE);
  }

  /** Accounts whose saga has not ended, oldest first. */
  async unfinished(limit: number): Promise<AccountRow[]> {
    return (await this.#prisma.tradingAccount.findMany({ where: { state: { not: 'OPEN' } }, orderBy: { number: 'asc' }, take: limit })).map(accountRow);
  }

  async byIds(ids: readonly string[]): Promise<AccountRow[]> {
    return (await this.#prisma.tradingAccount.findMany({ where: { id: { in: [...ids] } } })).map(accountRow);
  }

  async byNumbers(numbers: readonly number[]): Promise<AccountRow[]> {
    return (await this.#prisma.tradingAccount.findMany({ where: { number: { in: [...numbers] } } })).map(accountRow);
  }

  /** Oldest first. */
  async byUsers(userIds: readonly string[]): Promise<AccountRow[]> {
    return (await this.#prisma.tradingAccount.findMany({ where: { userId: { in: [...userIds] } }, orderBy: { number: 'asc' } })).map(accountRow);
  }
}

type Stored = Awaited<ReturnType<PrismaClient['tradingAccount']['findFirstOrThrow']>>;

async function announce(transaction: Prisma.TransactionClient, accounts: readonly Stored[]): Promise<void> {
  await writeOutbox(transaction, 'trading', ACCOUNTS_TOPIC, accounts.map(({ id, number, userId, name, baseCurrency }) => {
    const announcement: AccountAnnouncement = { accountId: id, accountNumber: number, userId, name, baseCurrency, mode: 'PAPER' };
    return { key: id, value: JSON.stringify(announcement) };
  }));
  await transaction.tradingAccount.updateMany({ where: { number: { in: accounts.map(({ number }) => number) } }, data: { announcedAt: new Date() } });
}

function accountRow(stored: Stored): AccountRow {
  const { announcedAt: _, ...row } = stored;
  return { ...row, initialCash: parseDecimal(stored.initialCash.toFixed()), state: stored.state as AccountState };
}
