// Announcements that leave with the row they speak of: the row and its outbox record commit together, a relay publishes
// the record afterwards and deletes it. Each service's schema has the table
//   outbox (id bigint identity, topic text, key text, value text, headers jsonb null, created_at timestamptz default now())

import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Counter, Gauge } from 'prom-client';
import { backOff } from './back-off.ts';
import type { BusRecord, EventBus } from './event-bus/event-bus.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { PostgresSession } from './postgres-session.ts';

/** The part of `pg` that is needed: a client inside your transaction. */
export interface SqlClient {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** The part of Prisma's interactive transaction that is needed. */
export interface PrismaTransaction {
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>;
}

/** Writes announcements in the caller's transaction and wakes the relay at commit. */
export async function writeOutbox(transaction: SqlClient | PrismaTransaction, schema: string, topic: string, records: readonly BusRecord[]): Promise<void> {
  if (records.length === 0) return;
  const text = `with added as (insert into ${outboxTable(schema)} (topic, key, value, headers)
    select $1, r.key, r.value, r.headers::jsonb from unnest($2::text[], $3::text[], $4::text[]) with ordinality as r(key, value, headers, position) order by r.position)
    select pg_notify($5, '')`;
  const values = [topic, records.map((r) => r.key), records.map((r) => r.value), records.map((r) => (r.headers ? JSON.stringify(r.headers) : null)), outboxChannel(schema)];
  if ('$executeRawUnsafe' in transaction) await transaction.$executeRawUnsafe(text, ...values);
  else await transaction.query(text, values);
}

export interface OutboxRelayOptions {
  /** Only its connection settings are used: the relay needs a session of its own. */
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** Where the relay shows how far behind it is. */
  readonly metrics?: Metrics;
}

const BATCH_ROWS = 500;
const TAKE_OVER_MS = 1_000;
/** Rows written around `writeOutbox`, without its NOTIFY, leave this late. */
const SWEEP_MS = 5_000;
const RETRY = { firstMs: 100, maxMs: 5_000 };

interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string> | null;
  readonly created_at: Date;
}

/**
 * Carries outbox rows to the bus: in order of id, published first and deleted after, so a crash in between repeats them.
 *
 * One relay per schema works at a time (advisory lock); another waits and takes over within a second of its end.
 */
export function startOutboxRelay(options: OutboxRelayOptions): AsyncDisposable {
  return new OutboxRelay(options);
}

class OutboxRelay implements AsyncDisposable {
  readonly #options: OutboxRelayOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #wake: () => void = () => undefined;
  #woken = false;
  /** Of the row that waits longest, as far as the relay has seen. */
  #oldestAt: Date | undefined;
  readonly #figures: Figures | undefined;

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#figures = options.metrics && createFigures(options.metrics, () => this.#oldestAt);
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await using session = await PostgresSession.open(connectionUrl(this.#options.pool), 'mib-outbox', () => this.#notified());
        await this.#serve(session, () => (failures = 0));
      } catch (error) {
        failures += 1;
        this.#figures?.failures.inc();
        this.#options.logger.warn({ err: error, schema: this.#options.schema, failures }, 'outbox relay starts over');
        await backOff(failures, { ...RETRY, signal });
      }
    }
  }

  async #serve(session: PostgresSession, onProgress: () => void): Promise<void> {
    const { signal } = this.#stopping;
    await session.query(`listen ${outboxChannel(this.#options.schema)}`);
    while (!signal.aborted && !(await takeLead(session, this.#options.schema))) await this.#pause(session, TAKE_OVER_MS);
    while (!signal.aborted) {
      this.#woken = false;
      const moved = await this.#move(session);
      onProgress();
      if (moved < BATCH_ROWS && !this.#woken) await this.#pause(session, SWEEP_MS);
      if (session.lost.aborted) throw new Error('connection to the outbox was lost');
    }
  }

  /** @returns how many rows were published and deleted. */
  async #move(session: PostgresSession): Promise<number> {
    const table = outboxTable(this.#options.schema);
    const { rows } = await session.query<OutboxRow>(`select id, topic, key, value, headers, created_at from ${table} order by id limit ${BATCH_ROWS}`);
    this.#oldestAt = rows[0]?.created_at;
    for (const [topic, records] of runs(rows)) await this.#options.bus.publish(topic, records);
    if (rows.length > 0) await session.query(`delete from ${table} where id = any($1)`, [rows.map((row) => row.id)]);
    this.#oldestAt = undefined;
    this.#figures?.published.inc(rows.length);
    return rows.length;
  }

  #notified(): void {
    this.#woken = true;
    this.#wake();
  }

  async #pause({ lost }: PostgresSession, ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const signal = AbortSignal.any([woken.signal, lost, this.#stopping.signal]);
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }
}

interface Figures {
  readonly published: Counter;
  readonly failures: Counter;
}

function createFigures({ registry }: Metrics, oldestAt: () => Date | undefined): Figures {
  const registers = [registry];
  new Gauge({
    name: 'mib_outbox_oldest_seconds', help: 'Age of the oldest row that could not be published yet, 0 when none waits', registers,
    collect() { this.set(Math.max(0, Date.now() - (oldestAt()?.getTime() ?? Date.now())) / 1000); },
  });
  return {
    published: new Counter({ name: 'mib_outbox_published_total', help: 'Rows of the outbox published to the bus', registers }),
    failures: new Counter({ name: 'mib_outbox_failures_total', help: 'Times the relay of the outbox had to start over', registers }),
  };
}

/** Consecutive rows of one topic leave as one batch, so the order of rows stays the order of publishing. */
function runs(rows: readonly OutboxRow[]): [topic: string, records: BusRecord[]][] {
  const batches: [string, BusRecord[]][] = [];
  for (const { topic, key, value, headers } of rows) {
    const record = { key, value, ...(headers && { headers }) };
    const last = batches.at(-1);
    if (last?.[0] === topic) last[1].push(record);
    else batches.push([topic, [record]]);
  }
  return batches;
}

async function takeLead(session: PostgresSession, schema: string): Promise<boolean> {
  const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [`outbox:${schema}`]);
  return rows[0]?.taken === true;
}

function connectionUrl(pool: pg.Pool): string {
  const { connectionString } = pool.options;
  if (!connectionString) throw new Error('startOutboxRelay needs a pool made by createPool');
  return connectionString;
}

function outboxTable(schema: string): string {
  if (!/^[a-z_]{1,40}$/.test(schema)) throw new Error(`schema must be a-z and _, was ${JSON.stringify(schema)}`);
  return `"${schema}".outbox`;
}

function outboxChannel(schema: string): string {
  return `outbox_${schema}`;
}
