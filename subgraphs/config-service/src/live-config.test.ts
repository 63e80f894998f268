import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { configSealer } from '@mib/service/config-changes';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import type { EventBus } from '@mib/service/event-bus/event-bus';
import { liveConfig, type LiveConfig } from '@mib/service/live-config';
import { testDatabase } from '@mib/testkit/test-database';
import { RunningConfig, SECRET } from './testing/running-config.ts';

type Values = { 'data-ingestion.simulated-rate': number; 'data-ingestion.simulated-seed': number };
const IN_TIME_MS = 2_000;
const RATE = 'key: "data-ingestion.simulated-rate", scope: SERVICE';

describe('a service', () => {
  it('applies a set value, a rollback and a secret within two seconds, and finds them again after the bus was emptied', async () => {
    await using database = await testDatabase();
    await using config = await RunningConfig.start(database.url);
    await using bus = await openEventBus({ databaseUrl: database.url });
    await using live = follow(bus);
    await live.ready;
    const timed = async (change: () => Promise<{ userErrors: unknown[] }>): Promise<Readonly<Values>> => {
      const applied = nextChange(live);
      const beganMs = performance.now();
      expect((await change()).userErrors).toEqual([]);
      const values = await applied;
      expect(performance.now() - beganMs).toBeLessThan(IN_TIME_MS);
      return values;
    };
    expect(await timed(() => config.set(`${RATE}, value: "20", expectedVersion: 0`))).toMatchObject({ 'data-ingestion.simulated-rate': 20 });
    expect(await timed(() => config.set(`${RATE}, value: "30", expectedVersion: 1`))).toMatchObject({ 'data-ingestion.simulated-rate': 30 });
    expect(await timed(() => config.rollBack('key: "data-ingestion.simulated-rate", toVersion: 1'))).toMatchObject({ 'data-ingestion.simulated-rate': 20 });
    expect(await timed(() => config.set('key: "data-ingestion.simulated-seed", scope: SERVICE, value: "4711", expectedVersion: 0'))).toMatchObject({ 'data-ingestion.simulated-seed': 4711 });

    await emptyBus(database.url);
    await using late = follow(bus);
    await late.ready;
    expect(late.values['data-ingestion.simulated-rate']).toBe(15);
    await config.restart();
    while (late.values['data-ingestion.simulated-rate'] !== 20 || late.values['data-ingestion.simulated-seed'] !== 4711) await nextChange(late);
  });
});

function follow(bus: EventBus): LiveConfig<Values> {
  const keys = { 'data-ingestion.simulated-rate': { schema: z.number(), default: 15 }, 'data-ingestion.simulated-seed': { schema: z.number(), default: 1 } };
  return liveConfig<Values>({ bus, service: 'data-ingestion', keys, logger: pino({ level: 'silent' }), sealer: configSealer(SECRET) });
}

function nextChange(live: LiveConfig<Values>): Promise<Readonly<Values>> {
  return new Promise((resolve) => {
    const stop = live.onChange((_, values) => {
      stop();
      resolve(values);
    });
  });
}

/** As retention does in time. */
async function emptyBus(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("delete from bus.events where topic = 'config.changes'");
  await client.end();
}
