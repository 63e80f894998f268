// Users' rules through Prisma. Every change takes its turn behind the evaluation lock and counts the rules' version up, so
// bounds hold under concurrency and evaluators see the change with their next batch.

import { randomUUID } from 'node:crypto';
import type { Prisma, PrismaClient } from '@mib/prisma/client';
import { ClientError } from '@mib/service/errors';
import { UNARMED, type Condition } from '../domain/alert-rule.ts';
import type { TickedInstrument } from '../domain/instrument.ts';
import { MAX_RULES_PER_INSTRUMENT, MAX_RULES_PER_USER, MAX_RULES_PER_USER_AND_INSTRUMENT } from '../domain/rule-input.ts';
import { ENGINE_STREAM, EVALUATION_LOCK } from './evaluation-lock.ts';
import { conditionOfRow, instrumentOfRow, rowOfCondition } from './rows.ts';

export interface StoredRule {
  readonly id: string;
  readonly name: string;
  readonly instrument: TickedInstrument;
  readonly condition: Condition;
  readonly cooldownSeconds: number;
  readonly enabled: boolean;
  readonly lastFiredNs: bigint | null;
  readonly createdAt: Date;
}

export interface NewRule {
  readonly userId: string;
  readonly name: string;
  readonly instrument: TickedInstrument;
  readonly condition: Condition;
  readonly cooldownSeconds: number;
}

export interface RuleChange {
  readonly userId: string;
  readonly id: string;
  readonly enabled?: boolean | null | undefined;
  readonly cooldownSeconds?: number | null | undefined;
}

/** Says where the engine's stream ends now. */
export type EnginePosition = () => Promise<number>;

type Transaction = Prisma.TransactionClient;

/** Waiting for a connection, and then for one's turn: as long as a request may take at most. */
const TRANSACTION_MS = 10_000;
const WITH_INSTRUMENT = { instrument: true } as const;
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class RuleStore {
  readonly #prisma: PrismaClient;
  readonly #enginePosition: EnginePosition;

  constructor(prisma: PrismaClient, enginePosition: EnginePosition) {
    this.#prisma = prisma;
    this.#enginePosition = enginePosition;
  }

  /** Oldest first. */
  async ofUser(userId: string): Promise<StoredRule[]> {
    const rows = await this.#prisma.notificationRule.findMany({ where: { userId }, include: WITH_INSTRUMENT, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    return rows.map(storedRule);
  }

  /** An instrument that the engine has registered. */
  async instrument(id: string): Promise<TickedInstrument | undefined> {
    const row = await this.#prisma.notificationInstrument.findUnique({ where: { id } });
    return row ? instrumentOfRow({ ...row, tickSize: row.tickSize.toFixed() }) : undefined;
  }

  /** @throws {ClientError} CONFLICT when the name is taken, VALIDATION beyond a bound. */
  create({ userId, name, instrument, condition, cooldownSeconds }: NewRule): Promise<StoredRule> {
    return this.#inTurn(async (transaction) => {
      await checkBounds(transaction, userId, instrument);
      if (await transaction.notificationRule.findFirst({ where: { userId, name } })) throw new ClientError('CONFLICT', `there is a rule named ${JSON.stringify(name)} already`, { field: ['input', 'name'] });
      const startSequence = await this.#enginePosition();
      const data = { id: randomUUID(), userId, name, instrumentNumber: instrument.number, ...rowOfCondition(condition), cooldownSeconds, startSequence };
      return storedRule(await transaction.notificationRule.create({ data, include: WITH_INSTRUMENT }));
    });
  }

  /** @throws {ClientError} NOT_FOUND for a rule that is not the user's. */
  update({ userId, id, enabled, cooldownSeconds }: RuleChange): Promise<StoredRule> {
    return this.#inTurn(async (transaction) => {
      const present = await requireOwn(transaction, { userId, id, field: ['input', 'id'] });
      const anew = enabled === true && !present.enabled ? { ...unarmedRow(), startSequence: await this.#enginePosition() } : {};
      const data = { ...anew, enabled: enabled ?? present.enabled, cooldownSeconds: cooldownSeconds ?? present.cooldownSeconds };
      return storedRule(await transaction.notificationRule.update({ where: { id }, data, include: WITH_INSTRUMENT }));
    });
  }

  /** @throws {ClientError} NOT_FOUND for a rule that is not the user's. */
  delete(userId: string, id: string): Promise<StoredRule> {
    return this.#inTurn(async (transaction) => {
      const present = await requireOwn(transaction, { userId, id, field: ['id'] });
      await transaction.notificationRule.delete({ where: { id } });
      return present;
    });
  }

  #inTurn<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#prisma.$transaction(async (transaction) => {
      await transaction.$executeRawUnsafe(EVALUATION_LOCK);
      const result = await work(transaction);
      const create = { stream: ENGINE_STREAM, sequence: 0, rulesVersion: 1 };
      await transaction.notificationCheckpoint.upsert({ where: { stream: ENGINE_STREAM }, create, update: { rulesVersion: { increment: 1 } } });
      return result;
    }, { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS });
  }
}

async function checkBounds(transaction: Transaction, userId: string, { id, number: instrumentNumber }: TickedInstrument): Promise<void> {
  const bounds: [present: number, bound: number, what: string][] = [
    [await transaction.notificationRule.count({ where: { userId } }), MAX_RULES_PER_USER, 'a user has'],
    [await transaction.notificationRule.count({ where: { userId, instrumentNumber } }), MAX_RULES_PER_USER_AND_INSTRUMENT, `a user has on ${id}`],
    [await transaction.notificationRule.count({ where: { instrumentNumber } }), MAX_RULES_PER_INSTRUMENT, `there are on ${id}`],
  ];
  const reached = bounds.find(([present, bound]) => present >= bound);
  if (reached) throw new ClientError('VALIDATION', `${reached[2]} at most ${reached[1]} rules, were ${reached[0]}`, { field: ['input', 'instrumentId'] });
}

/** Somebody else's rule and none at all are the same answer. */
async function requireOwn(transaction: Transaction, { userId, id, field }: { readonly userId: string; readonly id: string; readonly field: readonly string[] }): Promise<StoredRule> {
  const row = UUID.test(id) ? await transaction.notificationRule.findFirst({ where: { id, userId }, include: WITH_INSTRUMENT }) : null;
  if (!row) throw new ClientError('NOT_FOUND', `id must be one of your rules, was ${JSON.stringify(id.slice(0, 80))}`, { field });
  return storedRule(row);
}

function unarmedRow() {
  return { beyond: UNARMED.beyond, anchorTicks: UNARMED.anchor, anchorNs: UNARMED.anchor };
}

function storedRule(row: Prisma.NotificationRuleGetPayload<{ include: typeof WITH_INSTRUMENT }>): StoredRule {
  const { id, name, cooldownSeconds, enabled, lastFiredNs, createdAt, instrument } = row;
  return { id, name, instrument: instrumentOfRow({ ...instrument, tickSize: instrument.tickSize.toFixed() }), condition: conditionOfRow(row), cooldownSeconds, enabled, lastFiredNs, createdAt };
}
