// The Kafka adapter against a real Apache Kafka, in the same suite as the embedded log, and what only a broker can do
// to it. A minute and more of a broker's patience, so it is part of `npm run test:cluster`; `npm test` runs the suite on
// librdkafka's mock cluster. Skipped where the machine has no Kafka to offer, with the reason in the title.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaProblem, startKafkaBroker, type KafkaBroker } from '@mib/testkit/kafka-broker';
import { eventBusContract } from './contract-suite.ts';
import type { BusRecord, DeliveredRecord } from './event-bus.ts';
import { createKafkaEventBus } from './kafka-event-bus.ts';

const JAVA_PARTITIONS = [0, 0, 1, 1];
/** A broker needs its time to find its log again, and the group the old member's session to end. */
const CRASH_TIMEOUT_MS = 180_000;
const problem = process.env['MIB_E2E_CLUSTER'] === '1' ? await kafkaProblem() : 'it is part of npm run test:cluster';

if (problem) {
  process.stderr.write(`\nNOT RUN: the suites against a real Apache Kafka, because ${problem}\n`);
  it.skip(`Apache Kafka: not run, because ${problem}`, () => undefined);
} else {
  eventBusContract('Kafka adapter on Apache Kafka', async () => {
    const kafka = await startKafkaBroker();
    return { config: { databaseUrl: '', kafkaBrokers: kafka.brokers }, [Symbol.asyncDispose]: () => kafka[Symbol.asyncDispose]() };
  });

  describe('Kafka event bus', () => {
    let kafka: KafkaBroker;
    beforeAll(async () => void (kafka = await startKafkaBroker()));
    afterAll(async () => kafka[Symbol.asyncDispose]());

    it('keeps a new latest group from missing what is published while it is away', async () => {
      await using bus = createKafkaEventBus({ brokers: kafka.brokers });
      await bus.publish('away', [{ key: 'k', value: 'before' }]);
      const first = bus.subscribe({ topics: ['away'], group: 'g', from: 'latest', handle: async () => undefined });
      await first.ready;
      await first[Symbol.asyncDispose]();
      await bus.publish('away', [{ key: 'k', value: 'meanwhile' }]);
      const [record] = await collect(1, (handle) => bus.subscribe({ topics: ['away'], group: 'g', from: 'latest', handle }));
      expect(record?.value).toBe('meanwhile');
    });

    it('lets many services create one topic at once', async () => {
      const buses = Array.from({ length: 6 }, () => createKafkaEventBus({ brokers: kafka.brokers }));
      await Promise.all(buses.flatMap((bus) => ['at-once', 'at-once-too'].map((topic) => bus.ensureTopic(topic))));
      await Promise.all(buses.map((bus) => bus.publish('at-once', [{ key: 'k', value: 'v' }])));
      await Promise.all(buses.map((bus) => bus[Symbol.asyncDispose]()));
    });

    it('lets two subscriptions of one group read different topics', async () => {
      await using bus = createKafkaEventBus({ brokers: kafka.brokers });
      const [left, right] = ['left', 'right'].map((topic) => collect(1, (handle) => bus.subscribe({ topics: [topic], group: 'both', from: 'earliest', handle })));
      await bus.publish('left', [{ key: 'k', value: 'l' }]);
      await bus.publish('right', [{ key: 'k', value: 'r' }]);
      expect((await left)?.[0]?.value).toBe('l');
      expect((await right)?.[0]?.value).toBe('r');
    });

    it('splits what is too much for one request and keeps its order', async () => {
      await using bus = createKafkaEventBus({ brokers: kafka.brokers });
      const records: BusRecord[] = Array.from({ length: 12 }, (_, i) => ({ key: 'k', value: `${i}`.padEnd(400_000, '.') }));
      await bus.publish('large', records);
      const received = await collect(12, (handle) => bus.subscribe({ topics: ['large'], group: 'g', from: 'earliest', handle }));
      expect(received.map((record) => Number.parseInt(record.value, 10))).toEqual(records.map((_, i) => i));
    });

    it('spreads keys as the Java clients do', async () => {
      await using bus = createKafkaEventBus({ brokers: kafka.brokers });
      const keys = ['SPX.XSIM', 'a', '', 'Zürich'];
      await bus.publish('spread', keys.map((key) => ({ key, value: 'v' })));
      const received = await collect(4, (handle) => bus.subscribe({ topics: ['spread'], group: 'g', from: 'earliest', handle }));
      const partitions = Object.fromEntries(received.map((record) => [record.key, record.partition]));
      // org.apache.kafka.common.utils.Utils.toPositive(Utils.murmur2(key)) % 4, computed with kafka-clients 3.9.1.
      expect(keys.map((key) => partitions[key])).toEqual(JAVA_PARTITIONS);
    });

    it('goes on by itself after the broker was killed and started again', async () => {
      await using bus = createKafkaEventBus({ brokers: kafka.brokers });
      await bus.publish('crash', [{ key: 'k', value: 'before' }]);
      const received: DeliveredRecord[] = [];
      let arrived: () => void = () => undefined;
      const subscription = bus.subscribe({
        topics: ['crash'], group: 'g', from: 'earliest',
        handle: async (records) => {
          received.push(...records);
          arrived();
        },
      });
      const until = async (value: string) => {
        while (!received.some((record) => record.value === value)) await new Promise<void>((resolve) => (arrived = resolve));
      };
      await until('before');
      await kafka.crash();
      await expect(bus.publish('crash', [{ key: 'k', value: 'lost' }])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await kafka.restart();
      await published(() => bus.publish('crash', [{ key: 'k', value: 'after' }]));
      await until('after');
      expect(new Set(received.map((record) => record.value))).toEqual(new Set(['before', 'after']));
      expect(subscription.failure).toBeUndefined();
    }, CRASH_TIMEOUT_MS);
  });
}


/** The records of one subscription until there are enough. */
async function collect(count: number, subscribe: (handle: (records: readonly DeliveredRecord[]) => Promise<void>) => AsyncDisposable): Promise<readonly DeliveredRecord[]> {
  const received: DeliveredRecord[] = [];
  let complete: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (complete = resolve));
  await using _subscription = subscribe(async (records) => {
    received.push(...records);
    if (received.length >= count) complete();
  });
  await all;
  return received;
}

/** As the outbox relay does: an outage is a reason to try again. */
async function published(publish: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await publish();
    } catch (error) {
      if ((error as { code?: string }).code !== 'UNAVAILABLE') throw error;
    }
  }
}
