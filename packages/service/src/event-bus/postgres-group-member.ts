// One member of a consumer group over one PostgreSQL session. Being a member is holding a shared advisory lock per topic;
// the living members are whoever holds it, so a killed process is gone the moment its connection is. Everybody computes
// the same assignment (partition p belongs to member p mod n, by session number) and an exclusive advisory lock per
// partition keeps two members from reading it at once while the assignment changes.
//
//   connect ─► join (shared locks, LISTEN, first offsets) ─► rebalance ─► read … ─► rebalance … ─► leave
//      ▲                                                        connection lost │
//      └────────────────────────────── back-off ◄───────────────────────────────┘

import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { backOff } from '../back-off.ts';
import { PostgresSession } from '../postgres-session.ts';
import type { BusSubscription, SubscribeOptions } from './event-bus.ts';
import { startPartitionReader, type PartitionReader } from './postgres-partition-reader.ts';

export interface GroupMemberOptions extends SubscribeOptions {
  readonly url: string;
  readonly batchSize: number;
  readonly partitionCount: (topic: string) => Promise<number>;
}

/** How late a member notices that another one died; joins and leaves are announced at once. */
const REBALANCE_INTERVAL_MS = 500;
const RECONNECT = { firstMs: 100, maxMs: 5_000 };
/** A machine that vanishes without closing its connections loses its partitions after about half a minute. */
const KEEP_ALIVES = 'set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3';
const WAKE_CHANNEL = 'bus';
const GROUP_CHANNEL = 'bus_groups';

export function startGroupMember(options: GroupMemberOptions): BusSubscription & { readonly ended: Promise<void> } {
  return new GroupMember(options);
}

class GroupMember implements BusSubscription {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly #options: GroupMemberOptions;
  readonly #stopping = new AbortController();
  readonly #readers = new Map<string, PartitionReader>();
  #becomeReady: () => void = () => undefined;
  #connectionFailure: Error | undefined;
  #rebalanceSoon: () => void = () => undefined;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.ended = this.#run();
  }

  get failure(): Error | undefined {
    for (const reader of this.#readers.values()) if (reader.failure) return reader.failure;
    return this.#connectionFailure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#rebalanceSoon();
    await this.ended;
    this.#becomeReady(); // nobody should wait for what will not come
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await using session = await PostgresSession.open(this.#options.url, 'mib-bus-member', (channel, payload) => this.#notified(channel, payload));
        await this.#serve(session);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#connectionFailure = error as Error;
        await backOff(failures, { ...RECONNECT, signal });
      }
    }
  }

  /** Returns when we are asked to stop; throws when the session fails. */
  async #serve(session: PostgresSession): Promise<void> {
    try {
      await this.#join(session);
      this.#connectionFailure = undefined;
      while (!this.#stopping.signal.aborted) await this.#rebalance(session);
      await this.#stopReaders();
      await session.query('select pg_advisory_unlock_all()');
      await announce(session, this.#options.group);
    } catch (error) {
      session.abandon();
      throw error;
    } finally {
      await this.#stopReaders();
    }
  }

  async #join(session: PostgresSession): Promise<void> {
    const { topics, group, from } = this.#options;
    await session.query(`${KEEP_ALIVES}; listen ${WAKE_CHANNEL}; listen ${GROUP_CHANNEL}`);
    for (const topic of topics) {
      await this.#options.partitionCount(topic);
      await session.query(FIRST_OFFSETS, [group, topic, from === 'earliest']);
      await session.query('select pg_advisory_lock_shared($1)', [memberLock(group, topic)]);
    }
    await announce(session, group);
  }

  #notified(channel: string, payload: string): void {
    if (channel === WAKE_CHANNEL) this.#readers.get(payload)?.wake();
    else if (payload === this.#options.group) this.#rebalanceSoon();
  }

  /** One pass: give up what belongs to others now, take what is ours and free; then wait for a reason to look again. */
  async #rebalance(session: PostgresSession): Promise<void> {
    const again = this.#reasonToRebalance(session);
    const mine = await this.#assignment(session);
    let released = false;
    for (const [name, reader] of this.#readers) {
      if (mine.has(name)) continue;
      await this.#release(session, name, reader);
      released = true;
    }
    if (released) await announce(session, this.#options.group);
    let complete = true;
    for (const [name, { topic, partition }] of mine) {
      if (!this.#readers.has(name)) complete = (await this.#take(session, topic, partition)) && complete;
    }
    if (complete) this.#becomeReady();
    await again;
    if (session.lost.aborted) throw new Error('connection to the event log was lost');
  }

  async #assignment(session: PostgresSession): Promise<Map<string, { topic: string; partition: number }>> {
    const mine = new Map<string, { topic: string; partition: number }>();
    for (const topic of this.#options.topics) {
      const { rows } = await session.query<{ me: number; members: number[] }>({ name: 'bus-members', text: MEMBERS, values: [memberLock(this.#options.group, topic)] });
      const members = rows[0]?.members ?? [];
      const rank = members.indexOf(rows[0]?.me ?? -1);
      const count = await this.#options.partitionCount(topic);
      for (let partition = 0; partition < count; partition += 1) {
        if (rank >= 0 && partition % members.length === rank) mine.set(`${topic}:${partition}`, { topic, partition });
      }
    }
    return mine;
  }

  async #take(session: PostgresSession, topic: string, partition: number): Promise<boolean> {
    const { group, batchSize, handle } = this.#options;
    const { rows } = await session.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [partitionLock(group, topic, partition)]);
    if (!rows[0]?.taken) return false;
    this.#readers.set(`${topic}:${partition}`, startPartitionReader({ session, group, topic, partition, batchSize, handle }));
    return true;
  }

  async #release(session: PostgresSession, name: string, reader: PartitionReader): Promise<void> {
    await reader[Symbol.asyncDispose]();
    this.#readers.delete(name);
    await session.query('select pg_advisory_unlock($1)', [partitionLock(this.#options.group, reader.topic, reader.partition)]);
  }

  async #stopReaders(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader[Symbol.asyncDispose]()));
    this.#readers.clear();
  }

  /** Resolves at the next announcement, after the interval, or when the connection is lost. */
  async #reasonToRebalance({ lost }: PostgresSession): Promise<void> {
    const announced = new AbortController();
    this.#rebalanceSoon = () => announced.abort();
    const signal = AbortSignal.any([announced.signal, lost, this.#stopping.signal]);
    await delay(REBALANCE_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

const FIRST_OFFSETS = `insert into bus.group_offsets ("group", topic, partition, next)
  select $1, h.topic, h.partition, case when $3 then 0 else h.next end from bus.heads h where h.topic = $2 on conflict do nothing`;

/** Sessions that hold the shared lock $1; a 64-bit key shows in pg_locks as two halves. */
const MEMBERS = `select pg_backend_pid() as me, coalesce(array_agg(pid order by pid), '{}') as members from pg_locks
  where locktype = 'advisory' and granted and mode = 'ShareLock' and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and classid = (($1::bigint >> 32) & 4294967295)::oid and objid = ($1::bigint & 4294967295)::oid`;

async function announce(session: PostgresSession, group: string): Promise<void> {
  await session.query(`select pg_notify('${GROUP_CHANNEL}', $1)`, [group]);
}

function memberLock(group: string, topic: string): string {
  return lockNumber(['member', group, topic]);
}

function partitionLock(group: string, topic: string, partition: number): string {
  return lockNumber(['partition', group, topic, partition]);
}

function lockNumber(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readBigInt64BE(0).toString();
}
