// Versions of limits and trading states. A version is written once, under a lock of its account; only whether the engine
// has confirmed it changes later. Superseded versions are never told to the engine.

import { inTransaction } from '@mib/service/database';
import { writeOutbox } from '@mib/service/outbox';
import type pg from 'pg';
import type { LimitVersion, TradingStateVersion } from '../domain/intent.ts';
import { LIMITS_TOPIC, type LimitsAnnouncement } from '../events.ts';
import { limitVersion, tradingStateVersion, type SqlRow } from './rows.ts';
import { signal } from './signals.ts';

export const INTENT_KINDS = ['limits', 'trading-state'] as const;
export type IntentKind = (typeof INTENT_KINDS)[number];

const TABLES: Readonly<Record<IntentKind, string>> = { limits: 'risk.limit_versions', 'trading-state': 'risk.trading_states' };

/** The newest version is the one without a newer. */
const NEWEST = (table: string): string => `not exists (select from ${table} n where n.account_number = v.account_number and n.version > v.version)`;

/** One writer of intents of an account at a time, and one who tells the engine. */
async function lockAccount(client: pg.PoolClient, kind: IntentKind, accountNumber: number): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`risk.${kind}:${accountNumber}`]);
}

export type NewLimits = Pick<LimitVersion, 'terms' | 'ceiling' | 'actor' | 'createdAt'>;

/** Appends what `decide` makes of the newest version; null appends nothing. */
export function appendLimits(pool: pg.Pool, accountNumber: number, decide: (newest: LimitVersion | null) => { readonly limits: NewLimits; readonly announcement: LimitsAnnouncement } | null): Promise<LimitVersion | null> {
  return inTransaction(pool, async (client) => {
    await lockAccount(client, 'limits', accountNumber);
    const [newest = null] = await newestLimits(client, [accountNumber]);
    const decided = decide(newest);
    if (!decided) return null;
    const { terms, ceiling, actor, createdAt } = decided.limits;
    const { rows } = await client.query(
      'insert into risk.limit_versions (account_number, version, terms, ceiling, actor, created_at) values ($1, $2, $3, $4, $5, $6) returning *, true as newest',
      [accountNumber, (newest?.version ?? 0) + 1, JSON.stringify(terms), ceiling && JSON.stringify(ceiling), actor, createdAt],
    );
    await writeOutbox(client, 'risk', LIMITS_TOPIC, [{ key: decided.announcement.accountId, value: JSON.stringify(decided.announcement) }]);
    return limitVersion(rows[0]);
  });
}

export type NewTradingState = Pick<TradingStateVersion, 'state' | 'floor' | 'reason' | 'actor' | 'createdAt'>;

export function appendTradingState(pool: pg.Pool, accountNumber: number, decide: (newest: TradingStateVersion | null) => NewTradingState | null): Promise<TradingStateVersion | null> {
  return inTransaction(pool, async (client) => {
    await lockAccount(client, 'trading-state', accountNumber);
    const [newest = null] = await newestTradingStates(client, [accountNumber]);
    const decided = decide(newest);
    if (!decided) return null;
    const { state, floor, reason, actor, createdAt } = decided;
    const { rows } = await client.query(
      'insert into risk.trading_states (account_number, version, state, floor, reason, actor, created_at) values ($1, $2, $3, $4, $5, $6, $7) returning *, true as newest',
      [accountNumber, (newest?.version ?? 0) + 1, state, floor, reason, actor, createdAt],
    );
    return tradingStateVersion(rows[0]);
  });
}

export async function newestLimits(client: pg.Pool | pg.PoolClient, accountNumbers: readonly number[]): Promise<LimitVersion[]> {
  return (await newestOf(client, 'limits', accountNumbers)).map(limitVersion);
}

export async function newestTradingStates(client: pg.Pool | pg.PoolClient, accountNumbers: readonly number[]): Promise<TradingStateVersion[]> {
  return (await newestOf(client, 'trading-state', accountNumbers)).map(tradingStateVersion);
}

async function newestOf(client: pg.Pool | pg.PoolClient, kind: IntentKind, accountNumbers: readonly number[]): Promise<SqlRow[]> {
  const table = TABLES[kind];
  const { rows } = await client.query(
    `select v.*, true as newest from unnest($1::int[]) a(number) cross join lateral (
       select * from ${table} v where v.account_number = a.number order by version desc limit 1) v`,
    [accountNumbers],
  );
  return rows;
}

export interface VersionPage {
  readonly limit: number;
  /** Only versions below. */
  readonly before: number | null;
}

/** Newest first, at most `limit` an account. */
export async function limitsHistory(pool: pg.Pool, accountNumbers: readonly number[], page: VersionPage): Promise<LimitVersion[]> {
  return (await historyOf(pool, 'limits', accountNumbers, page)).map(limitVersion);
}

export async function tradingStateHistory(pool: pg.Pool, accountNumbers: readonly number[], page: VersionPage): Promise<TradingStateVersion[]> {
  return (await historyOf(pool, 'trading-state', accountNumbers, page)).map(tradingStateVersion);
}

async function historyOf(pool: pg.Pool, kind: IntentKind, accountNumbers: readonly number[], { limit, before }: VersionPage): Promise<SqlRow[]> {
  const table = TABLES[kind];
  const { rows } = await pool.query(
    `select v.*, ${NEWEST(table)} as newest from unnest($1::int[]) a(number) cross join lateral (
       select * from ${table} v where v.account_number = a.number and ($2::int is null or v.version < $2) order by version desc limit $3) v`,
    [accountNumbers, before, limit],
  );
  return rows;
}

export async function tradingStatesByVersions(pool: pg.Pool, keys: readonly { readonly accountNumber: number; readonly version: number }[]): Promise<TradingStateVersion[]> {
  const { rows } = await pool.query(
    `select v.*, ${NEWEST(TABLES['trading-state'])} as newest from risk.trading_states v
     join unnest($1::int[], $2::int[]) k(account_number, version) using (account_number, version)`,
    [keys.map((key) => key.accountNumber), keys.map((key) => key.version)],
  );
  return rows.map(tradingStateVersion);
}

/** Account numbers above `after` whose newest version (confirmed or not) exists, in order. */
export async function accountsWithIntents(pool: pg.Pool, kind: IntentKind, options: { readonly after: number; readonly limit: number; readonly pendingOnly: boolean }): Promise<number[]> {
  const table = TABLES[kind];
  const { rows } = await pool.query<{ account_number: number }>(
    `select v.account_number from ${table} v where v.account_number > $1 and (not $3 or v.applied_at is null) and ${NEWEST(table)} order by 1 limit $2`,
    [options.after, options.limit, options.pendingOnly],
  );
  return rows.map((row) => row.account_number);
}

/** Tells the engine through `tell` unless the newest version is confirmed already; a throw leaves it PENDING. */
export function confirmNewest<K extends IntentKind>(pool: pg.Pool, kind: K, accountNumber: number, tell: (newest: K extends 'limits' ? LimitVersion : TradingStateVersion) => Promise<void>): Promise<void> {
  return inTransaction(pool, async (client) => {
    await lockAccount(client, kind, accountNumber);
    const [row] = await newestOf(client, kind, [accountNumber]);
    if (!row || row.applied_at !== null) return;
    await tell((kind === 'limits' ? limitVersion(row) : tradingStateVersion(row)) as K extends 'limits' ? LimitVersion : TradingStateVersion);
    await client.query(`update ${TABLES[kind]} set applied_at = now() where account_number = $1 and version = $2`, [accountNumber, row.version]);
    if (kind === 'trading-state') await signal(client, [{ kind, accountNumber, version: row.version }]);
  });
}

/** Takes the confirmation of the newest versions back: the engine does not enforce them after all. */
export async function unconfirm(pool: pg.Pool, kind: IntentKind, accountNumbers: readonly number[]): Promise<void> {
  const table = TABLES[kind];
  await pool.query(`update ${table} v set applied_at = null where v.account_number = any($1::int[]) and ${NEWEST(table)}`, [accountNumbers]);
}
