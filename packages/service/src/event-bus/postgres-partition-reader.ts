// Reads one partition for one group: fetch, handle, move the offset on, and again. Handling the next batch never begins
// before the offset of the last one is stored, and both travel over the session that holds the partition's lock: when the
// session is lost, so is the right to move the offset.

import { backOff } from '../back-off.ts';
import type { PostgresSession } from '../postgres-session.ts';
import type { DeliveredRecord, SubscribeOptions } from './event-bus.ts';

export interface PartitionReader extends AsyncDisposable {
  readonly topic: string;
  readonly partition: number;
  /** The last failure of `handle` while it is being retried. */
  readonly failure: Error | undefined;
  /** There may be new records. */
  wake(): void;
}

export interface PartitionReaderOptions {
  /** Holds the partition's lock. */
  readonly session: PostgresSession;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly batchSize: number;
  readonly handle: SubscribeOptions['handle'];
}

const RETRY = { firstMs: 50, maxMs: 10_000 };
/** Bytes of one fetched batch; at least one record always comes. */
const MAX_BATCH_BYTES = 8_000_000;

const FETCH = {
  name: 'bus-fetch',
  text: `select "offset", key, value, headers, published_at from (
      select *, sum(octet_length(value)) over (order by "offset") - octet_length(value) as bytes_before from (
        select * from bus.events where topic = $1 and partition = $2 and "offset" >= $3 order by "offset" limit $4) as batch
    ) as sized where bytes_before < ${MAX_BATCH_BYTES} order by "offset"`,
};
const OFFSET = { name: 'bus-offset', text: 'select next from bus.group_offsets where "group" = $1 and topic = $2 and partition = $3' };
const COMMIT = { name: 'bus-commit', text: 'update bus.group_offsets set next = $4 where "group" = $1 and topic = $2 and partition = $3' };

interface EventRow {
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string> | null;
  readonly published_at: Date;
}

export function startPartitionReader(options: PartitionReaderOptions): PartitionReader {
  const { session, group, topic, partition, batchSize, handle } = options;
  const stopping = new AbortController();
  const stopped = AbortSignal.any([stopping.signal, session.lost]);
  let failure: Error | undefined;
  let woken = true;
  let wakeWaiting: () => void = () => undefined;
  stopped.addEventListener('abort', () => wakeWaiting(), { once: true });

  async function read(): Promise<void> {
    const { rows } = await session.query<{ next: string }>({ ...OFFSET, values: [group, topic, partition] });
    let next = BigInt(rows[0]?.next ?? 0);
    while (!stopped.aborted) {
      woken = false;
      const records = await fetchBatch(next);
      const last = records.at(-1);
      if (!last) {
        await awaitWake();
        continue;
      }
      if (!(await handled(records))) return;
      next = last.offset + 1n;
      await session.query({ ...COMMIT, values: [group, topic, partition, next.toString()] });
    }
  }

  async function fetchBatch(next: bigint): Promise<readonly DeliveredRecord[]> {
    const { rows } = await session.query<EventRow>({ ...FETCH, values: [topic, partition, next.toString(), batchSize] });
    return rows.map((row) => ({
      topic, partition, offset: BigInt(row.offset), key: row.key, value: row.value, publishedAt: row.published_at, ...(row.headers && { headers: row.headers }),
    }));
  }

  /** Tries until it succeeds; false when stopped before. */
  async function handled(records: readonly DeliveredRecord[]): Promise<boolean> {
    for (let attempt = 1; !stopped.aborted; attempt += 1) {
      try {
        await handle(records);
        failure = undefined;
        return true;
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        await backOff(attempt, { ...RETRY, signal: stopped });
      }
    }
    return false;
  }

  function awaitWake(): Promise<void> {
    return new Promise((resolve) => {
      if (woken || stopped.aborted) resolve();
      else wakeWaiting = resolve;
    });
  }

  // Any failure here is one of the session: the member notices and starts over with a new one.
  const reading = read().catch(() => session.abandon());
  return {
    topic,
    partition,
    get failure() {
      return failure;
    },
    wake() {
      woken = true;
      wakeWaiting();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await reading;
    },
  };
}
