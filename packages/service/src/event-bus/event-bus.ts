// The event bus as services see it: durable, partitioned topics of keyed records, at least once, in order per key.
// Two adapters keep this contract, the embedded log in PostgreSQL and Kafka; one suite proves both.

/** A record to publish. `key` decides the partition: records of one key stay in order. */
export interface BusRecord {
  readonly key: string;
  /** JSON text in UTF-8, at most MAX_RECORD_BYTES. */
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A record as delivered. `(topic, partition, offset)` is unique for ever and is what an idempotent consumer stores. */
export interface DeliveredRecord extends BusRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly publishedAt: Date;
}

export interface SubscribeOptions {
  readonly topics: readonly string[];
  /** Members of one group share the partitions; each group sees every record. */
  readonly group: string;
  /** Where a group without a stored offset begins. */
  readonly from: 'earliest' | 'latest';
  /** At most this many records in one call of `handle`, 1..MAX_BATCH. */
  readonly batchSize?: number;
  /**
   * Handles records of one partition in order. The group's offset moves on only after it resolves, so a crash repeats
   * the batch. A throw is retried with back-off for ever: a poison record stops its partition and shows on health.
   */
  readonly handle: (records: readonly DeliveredRecord[]) => Promise<void>;
}

export interface BusSubscription extends AsyncDisposable {
  /** Resolves once the group has its partitions and reading has begun. */
  readonly ready: Promise<void>;
  /** The last failure of `handle` while it is being retried, or undefined. */
  readonly failure: Error | undefined;
}

export interface EventBus extends AsyncDisposable {
  /** Creates the topic when absent; an existing one keeps its partitions. */
  ensureTopic(topic: string, options?: { readonly partitions?: number }): Promise<void>;
  /**
   * Appends records durably, all or an error.
   *
   * @throws {ClientError} VALIDATION for a record or batch beyond its bound.
   */
  publish(topic: string, records: readonly BusRecord[]): Promise<void>;
  subscribe(options: SubscribeOptions): BusSubscription;
}

export const MAX_RECORD_BYTES = 900_000;
export const MAX_BATCH = 1_000;
export const DEFAULT_PARTITIONS = 4;
