// The event bus inside PostgreSQL: topics are an append-only table with one head row per partition (prisma/sql/bus.sql),
// readers are woken by NOTIFY, groups share partitions through advisory locks. Durable, across processes, nothing to
// install; sessions must be real ones, so no transaction-pooling proxy in between.

import { createPool } from '../database.ts';
import { checkRecords, checkSubscription, checkTopic } from './bounds.ts';
import { DEFAULT_PARTITIONS, MAX_BATCH, type EventBus } from './event-bus.ts';
import { startGroupMember } from './postgres-group-member.ts';
import { startRetention } from './postgres-retention.ts';

export interface PostgresEventBusOptions {
  readonly url: string;
  /** Records each partition keeps; older ones are deleted whether read or not. */
  readonly retainedRecords?: number;
}

const PUBLISH_CONNECTIONS = 2;
const RETAINED_RECORDS_PER_PARTITION = 100_000;
const APPEND = { name: 'bus-append', text: 'select bus.append($1, $2, $3, $4, $5)' };

export async function createPostgresEventBus(options: PostgresEventBusOptions): Promise<EventBus> {
  const pool = createPool(options.url, { max: PUBLISH_CONNECTIONS, applicationName: 'mib-bus' });
  /** Partition counts never change, so each is asked once. */
  const partitionCounts = new Map<string, number>();
  const subscriptions = new Set<AsyncDisposable>();
  const retention = startRetention(pool, options.retainedRecords ?? RETAINED_RECORDS_PER_PARTITION);

  async function ensureTopic(topic: string, { partitions = DEFAULT_PARTITIONS }: { readonly partitions?: number } = {}): Promise<number> {
    checkTopic(topic, partitions);
    const known = partitionCounts.get(topic);
    if (known !== undefined) return known;
    await pool.query('insert into bus.topics (name, partitions) values ($1, $2) on conflict do nothing', [topic, partitions]);
    const { rows } = await pool.query<{ partitions: number }>('select partitions from bus.topics where name = $1', [topic]);
    const count = rows[0]?.partitions ?? partitions;
    await pool.query('insert into bus.heads (topic, partition) select $1, generate_series(0, $2::int - 1) on conflict do nothing', [topic, count]);
    partitionCounts.set(topic, count);
    return count;
  }

  return {
    ensureTopic: async (topic, topicOptions) => void (await ensureTopic(topic, topicOptions)),
    async publish(topic, records) {
      checkRecords(records);
      const count = await ensureTopic(topic);
      if (records.length === 0) return;
      const values = [topic, records.map((r) => partitionOf(r.key, count)), records.map((r) => r.key), records.map((r) => r.value), records.map((r) => (r.headers ? JSON.stringify(r.headers) : null))];
      await pool.query({ ...APPEND, values });
    },
    subscribe(subscribeOptions) {
      checkSubscription(subscribeOptions);
      const member = startGroupMember({ ...subscribeOptions, url: options.url, batchSize: subscribeOptions.batchSize ?? MAX_BATCH, partitionCount: (topic) => ensureTopic(topic) });
      subscriptions.add(member);
      void member.ended.then(() => subscriptions.delete(member));
      return member;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...subscriptions].map((subscription) => subscription[Symbol.asyncDispose]()));
      await retention[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}

/** FNV-1a over UTF-8: any spread will do, but it must be the same in every process for ever. */
export function partitionOf(key: string, partitionCount: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % partitionCount;
}
