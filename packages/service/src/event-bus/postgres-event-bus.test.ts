import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { createPool } from '../database.ts';
import { eventBusContract } from './contract-suite.ts';
import { createPostgresEventBus, partitionOf } from './postgres-event-bus.ts';
import { trim } from './postgres-retention.ts';

eventBusContract('PostgreSQL', async () => {
  const database = await testDatabase();
  return { config: { databaseUrl: database.url }, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
});

describe('PostgreSQL event bus', () => {
  it('goes on after its connections were cut', async () => {
    await using database = await testDatabase();
    await using bus = await createPostgresEventBus({ url: database.url });
    const pool = createPool(database.url, { max: 1, applicationName: 'test' });
    const received: string[] = [];
    let arrived: () => void = () => undefined;
    const subscription = bus.subscribe({
      topics: ['t'], group: 'g', from: 'earliest',
      handle: async (records) => {
        received.push(...records.map((record) => record.value));
        arrived();
      },
    });
    await subscription.ready;
    await pool.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mib-bus-member'");
    const delivered = new Promise<void>((resolve) => (arrived = resolve));
    await bus.publish('t', [{ key: 'k', value: 'after' }]);
    await delivered;
    expect(received).toEqual(['after']);
    await pool.end();
  });

  it('keeps as many records per partition as configured', async () => {
    await using database = await testDatabase();
    await using bus = await createPostgresEventBus({ url: database.url });
    const pool = createPool(database.url, { max: 1, applicationName: 'test' });
    await bus.ensureTopic('t', { partitions: 1 });
    await bus.publish('t', Array.from({ length: 50 }, (_, i) => ({ key: 'k', value: `${i}` })));
    expect(await trim(pool, 20)).toBe(30);
    const { rows } = await pool.query<{ first: string }>('select min("offset") as first from bus.events');
    expect(rows[0]?.first).toBe('30');
    await pool.end();
  });

  it('spreads keys the same way for ever', () => {
    expect(['SPX.XSIM', 'a', '', 'Zürich'].map((key) => partitionOf(key, 4))).toEqual([3, 0, 1, 0]);
  });
});
