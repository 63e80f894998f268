// The event bus on a Kafka cluster (Apache Kafka, Redpanda). Records are acknowledged by all in-sync replicas; the
// partition of a key is murmur2 of its UTF-8 bytes modulo the partition count, as Kafka's own Java clients have it, so
// other programs may write the same topics. A batch reaches several partitions without a transaction: after an error
// part of it may be there, and whoever repeats it repeats records, which at-least-once allows.

import kafkajs, { type Admin, type Producer } from 'kafkajs';
import { backOff } from '../back-off.ts';
import { ClientError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { checkRecords, checkSubscription, checkTopic, envelopeBytes } from './bounds.ts';
import { DEFAULT_PARTITIONS, MAX_BATCH, type BusRecord, type EventBus } from './event-bus.ts';
import { asBusError, createKafkaClient, KAFKA_RETRY } from './kafka-client.ts';
import { startKafkaSubscription } from './kafka-subscription.ts';

export interface KafkaEventBusOptions {
  /** `host:port,host:port` */
  readonly brokers: string;
  /** Hears what kafkajs complains about; silent without. */
  readonly logger?: Logger | undefined;
}

const ENSURE_ATTEMPTS = 4;
const ENSURE_RETRY = { firstMs: 100, maxMs: 1_000 };
const ACKNOWLEDGED_BY_ALL = -1;
/** Of new topics, or one per broker where there are fewer. */
const REPLICAS = 3;
/**
 * As the embedded log, topics forget by size and never by age: services read some from the beginning at every start.
 * About 100,000 records of 10 KB.
 */
const RETENTION = [{ name: 'retention.ms', value: '-1' }, { name: 'retention.bytes', value: String(2 ** 30) }];
/** A request's records may all fall into one partition, and brokers take 1,048,588 bytes a partition unless told otherwise. */
const MAX_REQUEST_BYTES = 1_000_000;
/** Lengths, offset and time of one record on the wire, generously. */
const RECORD_OVERHEAD_BYTES = 100;

export function createKafkaEventBus(options: KafkaEventBusOptions): EventBus {
  const client = createKafkaClient(options.brokers, options.logger);
  const producer = connected(client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, maxInFlightRequests: 1, retry: KAFKA_RETRY }));
  const admin = connected(client.admin({ retry: KAFKA_RETRY }));
  const ensured = new Set<string>();
  const subscriptions = new Set<AsyncDisposable>();

  async function ensureTopic(topic: string, { partitions = DEFAULT_PARTITIONS }: { readonly partitions?: number } = {}): Promise<void> {
    checkTopic(topic, partitions);
    if (ensured.has(topic)) return;
    for (let failures = 0; !ensured.has(topic); ) {
      try {
        await outagesTyped(async () => createTopic(await admin.get(), topic, partitions));
        ensured.add(topic);
      } catch (error) {
        // Among others when two services create one topic at once: for a moment it neither exists nor can be created.
        failures += 1;
        if (failures === ENSURE_ATTEMPTS || !(error instanceof ClientError)) throw error;
        await backOff(failures, ENSURE_RETRY);
      }
    }
  }

  return {
    ensureTopic,
    async publish(topic, records) {
      checkRecords(records);
      await ensureTopic(topic);
      await outagesTyped(async () => {
        for (const messages of requests(records)) await (await producer.get()).send({ topic, acks: ACKNOWLEDGED_BY_ALL, messages });
      });
    },
    subscribe(subscribeOptions) {
      checkSubscription(subscribeOptions);
      const batchSize = subscribeOptions.batchSize ?? MAX_BATCH;
      const subscription = startKafkaSubscription({ ...subscribeOptions, batchSize, client, admin: () => admin.get(), ensureTopic });
      subscriptions.add(subscription);
      void subscription.ended.then(() => subscriptions.delete(subscription));
      return subscription;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...subscriptions].map((subscription) => subscription[Symbol.asyncDispose]()));
      await Promise.all([producer.disconnect(), admin.disconnect()]);
    },
  };
}

/** A cluster that names no controller cannot be asked to create; it makes a topic by itself when somebody names it. */
async function createTopic(admin: Admin, topic: string, partitions: number): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  const { brokers, controller } = await admin.describeCluster();
  if (brokers.some(({ nodeId }) => nodeId === controller)) {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: Math.min(REPLICAS, brokers.length), configEntries: RETENTION }] });
  } else {
    await admin.fetchTopicMetadata({ topics: [topic] }); // throws where it does not
  }
}

/** Consecutive records that travel in one request, in order. */
function* requests(records: readonly BusRecord[]): Generator<BusRecord[]> {
  let request: BusRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(record.value) + envelopeBytes(record) + RECORD_OVERHEAD_BYTES;
    if (request.length > 0 && bytes + size > MAX_REQUEST_BYTES) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push({ key: record.key, value: record.value, ...(record.headers && { headers: { ...record.headers } }) });
    bytes += size;
  }
  if (request.length > 0) yield request;
}

async function outagesTyped(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw asBusError(error);
  }
}

/** Connects at the first use, and again at the next one after a failure. */
function connected<C extends Admin | Producer>(client: C): { get(): Promise<C>; disconnect(): Promise<void> } {
  let connecting: Promise<C> | undefined;
  const forget = (error: unknown): never => {
    connecting = undefined;
    throw error;
  };
  return {
    get: () => (connecting ??= client.connect().then(() => client, forget)),
    async disconnect() {
      await connecting?.then(() => client.disconnect()).catch(() => undefined);
    },
  };
}
