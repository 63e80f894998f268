// Announcements that leave with the row they speak of: the row and its outbox record commit together, a relay publishes
// the record afterwards and deletes it. Each service's schema has the table
//   outbox (id bigint identity, topic text, key text, value text, headers jsonb null, created_at timestamptz default now())

import type { BusRecord } from './event-bus/event-bus.ts';

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

export function outboxTable(schema: string): string {
  if (!/^[a-z_]{1,40}$/.test(schema)) throw new Error(`schema must be a-z and _, was ${JSON.stringify(schema)}`);
  return `"${schema}".outbox`;
}

export function outboxChannel(schema: string): string {
  return `outbox_${schema}`;
}
