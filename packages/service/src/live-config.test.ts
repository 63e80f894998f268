import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { z } from 'zod';
import { CONFIG_CHANGES_TOPIC, configSealer, type ConfigChange } from './config-changes.ts';
import type { EventBus, SubscribeOptions } from './event-bus/event-bus.ts';
import { createPostgresEventBus } from './event-bus/postgres-event-bus.ts';
import { liveConfig, type LiveConfig } from './live-config.ts';

const SECRET = 'a secret of at least 32 characters!';
const KEYS = { rate: { schema: z.number().int().min(1).max(100), default: 15 }, level: { schema: z.enum(['info', 'warn']), default: 'info' } } as const;
type Values = { rate: number; level: 'info' | 'warn' };
const IN_TIME_MS = 2_000;

describe('live configuration', () => {
  it('has defaults until told otherwise, then the newest version', async () => {
    const { live, hear } = onHandFedBus();
    expect(live.values).toEqual({ rate: 15, level: 'info' });
    await hear(change({ value: '20' }), change({ value: '30', version: 2 }), change({ key: 'level', id: 'GLOBAL::level', value: '"warn"' }));
    expect(live.values).toEqual({ rate: 30, level: 'warn' });
  });

  it('sets the own entry above the global one, whichever comes last', async () => {
    const { live, hear } = onHandFedBus();
    await hear(service({ value: '40' }), change({ value: '20' }), service({ value: '99', scopeId: 'other', id: 'SERVICE:other:rate' }), change({ scope: 'USER', scopeId: 'me', id: 'USER:me:rate', value: '1' }));
    expect(live.values.rate).toBe(40);
  });

  it('tells listeners of changes of values in force, once', async () => {
    const { live, hear } = onHandFedBus();
    const heard: unknown[] = [];
    const stop = live.onChange((key, values) => heard.push([key, values.rate]));
    await hear(change({ value: '15' }), change({ value: '20', version: 2 }), change({ value: '20', version: 2 }), service({ value: '30' }), change({ value: '50', version: 3 }));
    stop();
    await hear(service({ value: '31', version: 2 }));
    expect(heard).toEqual([['rate', 20], ['rate', 30]]);
    expect(live.values.rate).toBe(31);
  });

  it('survives a listener that throws', async () => {
    const { live, hear, lines } = onHandFedBus();
    live.onChange(() => { throw new Error('listener'); });
    await hear(change({ value: '20' }), change({ value: '21', version: 2 }));
    expect(live.values.rate).toBe(21);
    expect(lines.filter((line) => line.msg === 'configuration listener failed')).toHaveLength(2);
  });

  it('reads sensitive values, and no log line tells them', async () => {
    const { live, hear, lines } = onHandFedBus();
    await hear(sealedChange('77'), sealedChange('9999', 2));
    expect(live.values.rate).toBe(77);
    expect(JSON.stringify(lines)).not.toMatch(/77|9999/);
    expect(lines.map((line) => line.msg)).toEqual(['configuration applied', 'configuration change ignored']);
  });

  it.each([
    ['an older version', change({ value: '21', version: 1 })],
    ['the same version again', change({ value: '21', version: 2 })],
    ['an unknown key', change({ key: 'toString', value: '1', version: 9, id: 'GLOBAL::toString' })],
    ['a value out of bounds', change({ value: '101', version: 3 })],
    ['a value of another type', change({ value: '"20"', version: 3 })],
    ['a value that is not JSON', change({ value: '20s', version: 3 })],
    ['a value sealed elsewhere', { ...sealedChange('30', 3), sealed: configSealer(SECRET).seal('GLOBAL::other', '30').toString('base64') }],
    ['a record that is none', 'x'],
    ['a record of another shape', { id: 1 }],
  ])('ignores %s', async (_, record) => {
    const { live, hear } = onHandFedBus();
    await hear(change({ value: '20', version: 2 }), record);
    expect(live.values.rate).toBe(20);
  });

  describe('on the embedded bus', () => {
    let database: TestDatabase;
    let bus: EventBus;
    beforeAll(async () => {
      database = await testDatabase();
      bus = await createPostgresEventBus({ url: database.url });
    });
    afterAll(async () => {
      await bus[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });

    it('is applied within two seconds, and known to a process that starts later', async () => {
      await using first = liveConfig<Values>({ bus, service: 'tested', keys: KEYS, logger: pino({ level: 'silent' }) });
      await first.ready;
      for (const [version, rate] of [[1, 20], [2, 25]] as const) {
        const applied = nextChange(first);
        const beganMs = performance.now();
        await bus.publish(CONFIG_CHANGES_TOPIC, [{ key: 'rate', value: JSON.stringify(change({ value: String(rate), version })) }]);
        expect((await applied).rate).toBe(rate);
        expect(performance.now() - beganMs).toBeLessThan(IN_TIME_MS);
      }
      await using second = liveConfig<Values>({ bus, service: 'tested', keys: KEYS, logger: pino({ level: 'silent' }) });
      while (second.values.rate !== 25) await nextChange(second);
    });
  });
});

function change(part: Partial<ConfigChange>): ConfigChange {
  return { id: 'GLOBAL::rate', key: 'rate', scope: 'GLOBAL', scopeId: null, sensitive: false, value: '15', version: 1, updatedBy: 'ada', at: '2026-11-22T00:00:00Z', ...part };
}

function service(part: Partial<ConfigChange>): ConfigChange {
  return change({ id: 'SERVICE:tested:rate', scope: 'SERVICE', scopeId: 'tested', ...part });
}

function sealedChange(json: string, version = 1): ConfigChange {
  return change({ sensitive: true, value: null, sealed: configSealer(SECRET).seal('GLOBAL::rate', json).toString('base64'), version });
}

function nextChange(live: LiveConfig<Values>): Promise<Values> {
  return new Promise((resolve) => {
    const stop = live.onChange((_, values) => {
      stop();
      resolve(values);
    });
  });
}

/** A bus that delivers what the test says, when it says so. */
function onHandFedBus() {
  let handle: SubscribeOptions['handle'] = async () => undefined;
  const lines: { msg: string }[] = [];
  const logger = pino({ base: null, timestamp: false }, new Writable({ write: (line, _, done) => (lines.push(JSON.parse(String(line))), done()) }));
  const bus = {
    subscribe(options: SubscribeOptions) {
      handle = options.handle;
      return { ready: Promise.resolve(), failure: undefined, [Symbol.asyncDispose]: async () => undefined };
    },
  };
  const live = liveConfig<Values>({ bus, service: 'tested', keys: KEYS, logger, sealer: configSealer(SECRET) });
  const hear = (...records: unknown[]) => handle(records.map((record, index) => ({ topic: CONFIG_CHANGES_TOPIC, partition: 0, offset: BigInt(index), key: 'k', value: typeof record === 'string' ? record : JSON.stringify(record), publishedAt: new Date() })));
  return { live, hear, lines };
}
