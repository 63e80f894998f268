// What every event bus adapter must keep, as tests. Each test has a bus, a topic and groups of its own, and they run beside
// each other, because a broker takes seconds to find a group's members together and gone; one member runs in a child
// process, so that it can be killed for real.

import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_BATCH, MAX_RECORD_BYTES, type BusRecord, type BusSubscription, type DeliveredRecord, type EventBus } from './event-bus.ts';
import { openEventBus, type EventBusConfig } from './open-event-bus.ts';

/** A broker to test against. */
export interface BusBroker extends AsyncDisposable {
  readonly config: EventBusConfig;
}

const CHILD_MEMBER = fileURLToPath(new URL('./contract-member.js', import.meta.url));

export function eventBusContract(name: string, startBroker: () => Promise<BusBroker>): void {
  let broker: BusBroker;
  // Of the file: tests that run beside each other start before the hooks of their `describe`.
  beforeAll(async () => void (broker = await startBroker()));
  afterAll(async () => broker[Symbol.asyncDispose]());

  describe(`event bus contract: ${name}`, () => {
    it.concurrent('delivers each record with its key, value and headers', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const inbox = new Inbox();
      await subscribe(bus, topic, 'g', inbox).ready;
      await bus.publish(topic, [{ key: 'k', value: '{"price":"1.10","name":"Zürich"}', headers: { kind: 'Test' } }]);
      const [record] = await inbox.take(1);
      expect(record).toMatchObject({ topic, key: 'k', value: '{"price":"1.10","name":"Zürich"}', headers: { kind: 'Test' } });
      expect(Math.abs(Date.now() - (record?.publishedAt.getTime() ?? 0))).toBeLessThan(60_000);
    });

    it.concurrent('keeps the order of each key, in one partition without gaps', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const inbox = new Inbox();
      await subscribe(bus, topic, 'g', inbox).ready;
      const records = numbered(600, 10);
      for (let i = 0; i < records.length; i += 60) await bus.publish(topic, records.slice(i, i + 60));
      const received = await inbox.take(600);
      for (let key = 0; key < 10; key += 1) {
        const ofKey = received.filter((record) => record.key === `k${key}`);
        expect(ofKey.map((record) => record.value)).toEqual(records.filter((record) => record.key === `k${key}`).map((record) => record.value));
        expect(new Set(ofKey.map((record) => record.partition)).size).toBe(1);
      }
      for (let partition = 0; partition < 4; partition += 1) {
        const offsets = received.filter((record) => record.partition === partition).map((record) => record.offset);
        expect(offsets).toEqual(offsets.map((_, i) => (offsets[0] ?? 0n) + BigInt(i)));
      }
    });

    it.concurrent('shows every record to every group', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const inboxes = [new Inbox(), new Inbox()];
      await Promise.all(inboxes.map((inbox, i) => subscribe(bus, topic, `g${i}`, inbox).ready));
      await bus.publish(topic, numbered(20, 5));
      for (const inbox of inboxes) expect(await inbox.take(20)).toHaveLength(20);
    });

    it.concurrent.each([['earliest', 15], ['latest', 5]] as const)('begins a new group at %s', async (from, expected) => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      await bus.publish(topic, numbered(10, 3, 'old'));
      const inbox = new Inbox();
      await subscribe(bus, topic, 'g', inbox, { from }).ready;
      await bus.publish(topic, numbered(5, 3, 'new'));
      expect(await inbox.take(expected)).toHaveLength(expected);
      expect(inbox.records.filter((record) => record.value.startsWith('new'))).toHaveLength(5);
    });

    it.concurrent('resumes a group where it stopped', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const first = new Inbox();
      {
        await using earlier = await openEventBus(broker.config);
        const subscription = subscribe(earlier, topic, 'g', first);
        await subscription.ready;
        await earlier.publish(topic, numbered(30, 3, 'a'));
        await first.take(30);
        await subscription[Symbol.asyncDispose]();
        await earlier.publish(topic, numbered(30, 3, 'b'));
      }
      const second = new Inbox();
      subscribe(bus, topic, 'g', second);
      await second.take(30);
      expect(second.records.every((record) => record.value.startsWith('b'))).toBe(true);
    });

    it.concurrent('repeats a batch whose handling failed, and nothing overtakes it', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const inbox = new Inbox();
      let failures = 3;
      const subscription = bus.subscribe({
        topics: [topic], group: groupOf(topic), from: 'earliest', batchSize: 1,
        handle: async (records) => {
          if (records[0]?.value === 'v1' && failures > 0) {
            failures -= 1;
            throw new Error('poison');
          }
          inbox.accept(records);
        },
      });
      await subscription.ready;
      await bus.publish(topic, numbered(5, 1));
      const received = await inbox.take(5);
      expect(received.map((record) => record.value)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4']);
      expect(failures).toBe(0);
      expect(subscription.failure).toBeUndefined();
    });

    it.concurrent('shows the failure while a poison record blocks its partition, and lets the others go on', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const inbox = new Inbox();
      const failed = new Inbox();
      const subscription = bus.subscribe({
        topics: [topic], group: groupOf(topic), from: 'earliest',
        handle: async (records) => {
          if (records[0]?.key === 'poison') {
            failed.accept(records);
            throw new Error('cannot digest');
          }
          inbox.accept(records);
        },
      });
      await subscription.ready;
      await bus.publish(topic, [{ key: 'poison', value: 'x' }]);
      const [poison] = await failed.take(2);
      expect(subscription.failure?.message).toBe('cannot digest');
      const others = numbered(40, 40).map((record) => ({ ...record, key: `other-${record.key}` }));
      await bus.publish(topic, others);
      await inbox.takeUntil((records) => records.length >= 20);
      expect(inbox.records.some((record) => record.partition === poison?.partition)).toBe(false);
    });

    it.concurrent('shares the partitions between two members, and moves them when one leaves', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      await using other = await openEventBus(broker.config);
      const [left, right] = [new Inbox(), new Inbox()];
      const leaving = subscribe(bus, topic, 'g', left);
      await leaving.ready;
      await subscribe(other, topic, 'g', right).ready;
      await bus.publish(topic, numbered(200, 50, 'a'));
      await takeTogether([left, right], 200);
      expect(partitions(left)).toHaveLength(2);
      expect(partitions(right)).toHaveLength(2);
      expect(partitions(left).filter((partition) => partitions(right).includes(partition))).toEqual([]);
      await leaving[Symbol.asyncDispose]();
      await bus.publish(topic, numbered(200, 50, 'b'));
      await right.takeUntil((records) => records.filter((record) => record.value.startsWith('b')).length === 200);
      expect(partitions(right)).toHaveLength(4);
    });

    it.concurrent('gives the partitions of a killed member to the others and loses nothing', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      const child = fork(CHILD_MEMBER, [JSON.stringify({ config: broker.config, topic, group: groupOf(topic) })], { stdio: 'inherit' });
      room.children.add(child);
      await once(child, 'message'); // ready
      const inbox = new Inbox();
      subscribe(bus, topic, 'g', inbox, { batchSize: 5 });
      const handledByChild = new Set<string>();
      child.on('message', (values: string[]) => values.forEach((value) => handledByChild.add(value)));
      const records = numbered(400, 40);
      await bus.publish(topic, records.slice(0, 200));
      await once(child, 'message'); // it has handled something
      child.kill('SIGKILL');
      await bus.publish(topic, records.slice(200));
      await inbox.takeUntil((received) => new Set([...received.map((record) => record.value), ...handledByChild]).size === 400);
      expect(partitions(inbox)).toHaveLength(4);
    });

    it.concurrent('lets a handler finish before its subscription has ended', async () => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      let finish: () => void = () => undefined;
      const started = new Inbox();
      let handled = 0;
      const subscription = bus.subscribe({
        topics: [topic], group: groupOf(topic), from: 'earliest',
        handle: async (records) => {
          started.accept(records);
          await new Promise<void>((resolve) => (finish = resolve));
          handled += records.length;
        },
      });
      await subscription.ready;
      await bus.publish(topic, [{ key: 'k', value: 'v' }]);
      await started.take(1);
      const ended = subscription[Symbol.asyncDispose]();
      finish();
      await ended;
      expect(handled).toBe(1);
    });

    it.concurrent.each([
      ['a batch beyond its bound', numbered(MAX_BATCH + 1, 1)],
      ['a record beyond its bound', [{ key: 'k', value: 'x'.repeat(MAX_RECORD_BYTES + 1) }]],
    ])('refuses %s and appends none of it', async (_case, records) => {
      await using room = await openRoom(broker.config);
      const { bus, topic } = room;
      await expect(bus.publish(topic, records)).rejects.toMatchObject({ code: 'VALIDATION' });
      const inbox = new Inbox();
      await subscribe(bus, topic, 'g', inbox).ready;
      await bus.publish(topic, [{ key: 'k', value: 'first' }]);
      expect((await inbox.take(1))[0]?.value).toBe('first');
    });
  });
}

/** What one test has to itself. */
interface Room extends AsyncDisposable {
  readonly bus: EventBus;
  readonly topic: string;
  /** Killed at the end. */
  readonly children: Set<ChildProcess>;
}

async function openRoom(config: EventBusConfig): Promise<Room> {
  const bus = await openEventBus(config);
  const topic = `contract.${randomBytes(6).toString('hex')}`;
  const children = new Set<ChildProcess>();
  await bus.ensureTopic(topic, { partitions: 4 });
  return {
    bus, topic, children,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      await bus[Symbol.asyncDispose]();
    },
  };
}

function groupOf(topic: string, name = 'g'): string {
  return `${topic}.${name}`;
}

/** Records as they arrive, and a way to await the next ones. */
class Inbox {
  readonly records: DeliveredRecord[] = [];
  #changed: () => void = () => undefined;

  accept(records: readonly DeliveredRecord[]): void {
    this.records.push(...records);
    this.#changed();
  }

  take(count: number): Promise<readonly DeliveredRecord[]> {
    return this.takeUntil((records) => records.length >= count);
  }

  async takeUntil(enough: (records: readonly DeliveredRecord[]) => boolean): Promise<readonly DeliveredRecord[]> {
    while (!enough(this.records)) await this.changed();
    return this.records;
  }

  changed(): Promise<void> {
    const before = this.#changed;
    return new Promise((resolve) => {
      this.#changed = () => {
        before();
        resolve();
      };
    });
  }
}

async function takeTogether(inboxes: readonly Inbox[], count: number): Promise<void> {
  while (inboxes.reduce((sum, inbox) => sum + inbox.records.length, 0) < count) await Promise.race(inboxes.map((inbox) => inbox.changed()));
}

function subscribe(bus: EventBus, topic: string, group: string, inbox: Inbox, options: { from?: 'earliest' | 'latest'; batchSize?: number } = {}): BusSubscription {
  return bus.subscribe({ topics: [topic], group: groupOf(topic, group), from: 'earliest', ...options, handle: async (records) => inbox.accept(records) });
}

function numbered(count: number, keys: number, prefix = 'v'): BusRecord[] {
  return Array.from({ length: count }, (_, i) => ({ key: `k${i % keys}`, value: `${prefix}${i}` }));
}

function partitions(inbox: Inbox): number[] {
  return [...new Set(inbox.records.map((record) => record.partition))].sort();
}
