import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { createPool, inTransaction } from './database.ts';
import type { BusRecord, EventBus } from './event-bus/event-bus.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { startOutboxRelay, writeOutbox } from './outbox.ts';

const logger = createLogger('test', { level: 'silent' });

describe('outbox', () => {
  it('publishes what committed, in order, and nothing of what rolled back', async () => {
    await using test = await openTest();
    const { pool, bus } = test;
    await using relay = startOutboxRelay({ pool, schema: 'outbox_test', bus, logger });
    await inTransaction(pool, (client) => writeOutbox(client, 'outbox_test', 'a', [record('1'), record('2')]));
    await expect(
      inTransaction(pool, async (client) => {
        await writeOutbox(client, 'outbox_test', 'a', [record('lost')]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await inTransaction(pool, (client) => writeOutbox(client, 'outbox_test', 'b', [record('3', { kind: 'X' })]));
    await bus.published(3);
    expect(bus.log).toEqual(['a:1', 'a:2', 'b:3']);
    void relay;
  });

  it('repeats a batch when publishing failed, and counts the failures', async () => {
    await using test = await openTest();
    const { pool, bus } = test;
    bus.failures = 2;
    const metrics = createMetrics('test');
    await inTransaction(pool, (client) => writeOutbox(client, 'outbox_test', 'a', [record('1')]));
    await using relay = startOutboxRelay({ pool, schema: 'outbox_test', bus, logger, metrics });
    await bus.published(1);
    expect(bus.log).toEqual(['a:1']);
    expect(await metrics.registry.getSingleMetricAsString('mib_outbox_failures_total')).toMatch(/ 2$/);
    expect(await metrics.registry.getSingleMetricAsString('mib_outbox_oldest_seconds')).not.toMatch(/ 0$/);
    void relay;
  });

  it('has one relay at work, and another that takes over', async () => {
    await using test = await openTest();
    const { pool, bus } = test;
    const first = startOutboxRelay({ pool, schema: 'outbox_test', bus, logger });
    await inTransaction(pool, (client) => writeOutbox(client, 'outbox_test', 'a', [record('1')]));
    await bus.published(1);
    await using second = startOutboxRelay({ pool, schema: 'outbox_test', bus, logger });
    await first[Symbol.asyncDispose]();
    await inTransaction(pool, (client) => writeOutbox(client, 'outbox_test', 'a', [record('2')]));
    await bus.published(2);
    expect(bus.log).toEqual(['a:1', 'a:2']);
    void second;
  });
});

function record(value: string, headers?: Record<string, string>): BusRecord {
  return { key: 'k', value, ...(headers && { headers }) };
}

async function openTest(): Promise<AsyncDisposable & { pool: ReturnType<typeof createPool>; bus: RecordingBus }> {
  const database = await testDatabase();
  const pool = createPool(database.url, { max: 2, applicationName: 'test' });
  await pool.query(`create schema outbox_test; create table outbox_test.outbox (id bigint generated always as identity primary key,
    topic text not null, key text not null, value text not null, headers jsonb, created_at timestamptz not null default now())`);
  return {
    pool,
    bus: new RecordingBus(),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The receiving half of a bus, for looking at. */
class RecordingBus implements EventBus {
  readonly log: string[] = [];
  failures = 0;
  #changed: () => void = () => undefined;

  async ensureTopic(): Promise<void> {}

  async publish(topic: string, records: readonly BusRecord[]): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('broker away');
    }
    this.log.push(...records.map(({ value }) => `${topic}:${value}`));
    this.#changed();
  }

  subscribe(): never {
    throw new Error('not of interest');
  }

  async published(count: number): Promise<void> {
    while (this.log.length < count) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
