// Reads one topic as a member of one Kafka group. A consumer of kafkajs lives until it crashes; then the next one is
// started after a back-off, for ever, because kafkajs's own restart gives up on errors that a restarted cluster heals.
//
//   ensure topic ─► join ─► first offsets ─► fetch ─► handle ─► commit ─► … ─► leave
//        ▲                             ▲──── back-off, partition paused ◄── throw
//        └──────── back-off ◄── crash, connection lost

import type { Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { backOff } from '../back-off.ts';
import type { BusSubscription, DeliveredRecord, SubscribeOptions } from './event-bus.ts';
import { KAFKA_RETRY } from './kafka-client.ts';
import { storeFirstOffsets } from './kafka-first-offsets.ts';

export interface KafkaTopicReaderOptions extends Pick<SubscribeOptions, 'group' | 'from' | 'handle'> {
  readonly client: Kafka;
  readonly admin: () => Promise<Admin>;
  readonly ensureTopic: (topic: string) => Promise<void>;
  readonly topic: string;
  readonly batchSize: number;
}

/** A killed member loses its partitions this late; brokers take 6 s or more. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 1_000;
/** Others wait this long for a batch in hand while partitions move; after that it may be repeated elsewhere. */
const REBALANCE_TIMEOUT_MS = 30_000;
/** A fetch waits this long at the broker for the first record, and a paused partition for its next turn. */
const FETCH_WAIT_MS = 250;
const MAX_FETCH_BYTES = 8_000_000;
/** The most bytes a partition brings at once; holds the largest record with its envelope. */
const MAX_PARTITION_BYTES = 1_048_576;
const PARTITIONS_AT_ONCE = 16;
const RETRY_HANDLE = { firstMs: 50, maxMs: 10_000 };
const RESTART = { firstMs: 100, maxMs: 5_000 };

export function startKafkaTopicReader(options: KafkaTopicReaderOptions): BusSubscription & { readonly ended: Promise<void> } {
  return new KafkaTopicReader(options);
}

class KafkaTopicReader implements BusSubscription {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly #options: KafkaTopicReaderOptions;
  readonly #groupId: string;
  readonly #stopping = new AbortController();
  /** By partition: what `handle` threw last, and how often in a row. */
  readonly #failing = new Map<number, { readonly error: Error; readonly attempts: number }>();
  /** By partition: handled up to here, but a rebalance or an outage kept the offset from being stored. Not handled again while the partition stays ours. */
  readonly #uncommitted = new Map<number, bigint>();
  #connectionFailure: Error | undefined;
  #crashes = 0;
  #becomeReady: () => void = () => undefined;

  constructor(options: KafkaTopicReaderOptions) {
    this.#options = options;
    this.#groupId = `${options.group}/${options.topic}`;
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.ended = this.#run();
  }

  get failure(): Error | undefined {
    for (const { error } of this.#failing.values()) return error;
    return this.#connectionFailure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.ended;
    this.#becomeReady(); // nobody should wait for what will not come
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#options.ensureTopic(this.#options.topic);
        await this.#serve();
      } catch (error) {
        this.#connectionFailure = error as Error;
        this.#crashes += 1;
        await backOff(this.#crashes, { ...RESTART, signal });
      }
    }
  }

  /** The life of one consumer. Returns when we are asked to stop, throws what it crashed with. */
  async #serve(): Promise<void> {
    const consumer = this.#options.client.consumer({
      groupId: this.#groupId,
      sessionTimeout: SESSION_TIMEOUT_MS, heartbeatInterval: HEARTBEAT_MS, rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS, maxBytes: MAX_FETCH_BYTES, maxBytesPerPartition: MAX_PARTITION_BYTES,
      retry: { ...KAFKA_RETRY, restartOnFailure: async () => false },
    });
    const life = new AbortController();
    const over = AbortSignal.any([life.signal, this.#stopping.signal]);
    const crash = (error: unknown) => life.abort(error);
    consumer.on(consumer.events.CRASH, ({ payload }) => crash(payload.error));
    try {
      await consumer.connect();
      // From the earliest record also for a `latest` group: its start is stored at once, so only a position that the
      // broker has deleted since is ever replaced, and then by the oldest record there is.
      await consumer.subscribe({ topics: [this.#options.topic], fromBeginning: true });
      let started: Promise<void> = Promise.resolve();
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#joined(consumer, payload.memberAssignment[this.#options.topic] ?? [], () => started).catch(crash));
      started = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: PARTITIONS_AT_ONCE, eachBatch: (batch) => this.#handleBatch(batch, over) });
      await started;
      await aborted(over);
      life.signal.throwIfAborted();
    } finally {
      life.abort();
      this.#failing.clear();
      await consumer.disconnect().catch(() => undefined);
    }
  }

  /** Runs up to its first await before anything is fetched: kafkajs announces a join synchronously. */
  async #joined(consumer: Consumer, partitions: readonly number[], started: () => Promise<void>): Promise<void> {
    const { topic, from } = this.#options;
    for (const known of [this.#failing, this.#uncommitted]) {
      for (const partition of known.keys()) if (!partitions.includes(partition)) known.delete(partition);
    }
    if (from === 'latest' && partitions.length > 0) {
      const assigned = [{ topic, partitions: [...partitions] }];
      consumer.pause(assigned);
      await Promise.resolve().then(started);
      await storeFirstOffsets({ consumer, admin: await this.#options.admin(), groupId: this.#groupId, topic, partitions });
      consumer.resume(assigned);
    }
    this.#connectionFailure = undefined;
    this.#crashes = 0;
    this.#becomeReady();
  }

  async #handleBatch({ batch, resolveOffset, commitOffsetsIfNecessary, heartbeat, isRunning, isStale, pause }: EachBatchPayload, over: AbortSignal): Promise<void> {
    const { topic, batchSize } = this.#options;
    const { partition } = batch;
    const commit = async (next: bigint): Promise<void> => {
      this.#uncommitted.set(partition, next);
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: `${next}` }] }] });
      this.#uncommitted.delete(partition);
      resolveOffset(`${next - 1n}`);
    };
    const handledTo = this.#uncommitted.get(partition) ?? 0n;
    const messages = batch.messages.filter(({ offset }) => BigInt(offset) >= handledTo);
    if (messages.length < batch.messages.length) await commit(handledTo);
    for (let first = 0; first < messages.length && isRunning() && !isStale() && !over.aborted; first += batchSize) {
      const records = messages.slice(first, first + batchSize).map((message) => delivered(topic, partition, message));
      if (!(await this.#handled(partition, records, heartbeat))) {
        const resume = pause();
        void backOff(this.#failing.get(partition)?.attempts ?? 1, { ...RETRY_HANDLE, signal: over }).then(() => over.aborted || resume());
        return;
      }
      await commit(records.at(-1)!.offset + 1n);
      await heartbeat();
    }
  }

  /** Keeps the session alive meanwhile; a lost one shows at the next commit, once the records are handled. */
  async #handled(partition: number, records: readonly DeliveredRecord[], heartbeat: () => Promise<void>): Promise<boolean> {
    const beating = setInterval(() => void heartbeat().catch(() => undefined), HEARTBEAT_MS);
    try {
      await this.#options.handle(records);
      this.#failing.delete(partition);
      return true;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#failing.set(partition, { error, attempts: (this.#failing.get(partition)?.attempts ?? 0) + 1 });
      return false;
    } finally {
      clearInterval(beating);
    }
  }
}

function delivered(topic: string, partition: number, { offset, key, value, headers, timestamp }: KafkaMessage): DeliveredRecord {
  const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(Array.isArray(text) ? text[0] : text)]);
  return {
    topic, partition, offset: BigInt(offset), key: key?.toString() ?? '', value: value?.toString() ?? '', publishedAt: new Date(Number(timestamp)),
    ...(texts.length > 0 && { headers: Object.fromEntries(texts) as Record<string, string> }),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
