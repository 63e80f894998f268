import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EngineEvent } from '@mib/proto/engine-client';
import { createPool } from '@mib/service/database';
import { seededRandom } from '@mib/testkit/random';
import { testDatabase } from '@mib/testkit/test-database';
import type pg from 'pg';
import { EPOCH_NS, NS_PER_SECOND, tradeEvent } from '../testing/trades.ts';
import { evaluateBatch, loadCheckpoint, type Memory } from './evaluation-store.ts';

const SEED = 20_261_122;
const RULES = [
  ['00000000-0000-4000-8000-000000000001', 'ada', 'ABOVE', 3],
  ['00000000-0000-4000-8000-000000000002', 'ada', 'BELOW', 60],
  ['00000000-0000-4000-8000-000000000003', 'bob', 'ABOVE', 600],
] as const;

interface Room extends AsyncDisposable {
  readonly pool: pg.Pool;
}

/** A database with instrument 1, three rules around 100 ticks and a checkpoint at 0. */
async function room(): Promise<Room> {
  const database = await testDatabase();
  const pool = createPool(database.url, { max: 3, applicationName: 'test' });
  await loadCheckpoint(pool);
  await pool.query("insert into notification.instruments (number, id, tick_size) values (1, 'SPX.XSIM', 0.01)");
  for (const [id, userId, direction, cooldown] of RULES) {
    await pool.query(
      "insert into notification.rules (id, user_id, name, instrument_number, kind, direction, level_ticks, cooldown_seconds, start_sequence) values ($1::uuid, $2, $1::uuid::text, 1, 'PRICE_CROSS', $3, 100, $4, 0)",
      [id, userId, direction, cooldown],
    );
  }
  return {
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Everything that a crash could spoil; ids are random. */
async function dump(pool: pg.Pool): Promise<Record<string, unknown[]>> {
  const rows = async (text: string) => (await pool.query(text)).rows;
  return {
    notifications: await rows('select user_id, number, source_key, title, body, at_ns from notification.notifications order by user_id, number'),
    inboxes: await rows('select * from notification.inboxes order by user_id'),
    rules: await rows('select id, beyond, last_fired_ns from notification.rules order by id'),
    outbox: await rows("select topic, key, (value::jsonb - 'id') as value from notification.outbox order by key, (value::jsonb->>'number')::int"),
  };
}

function randomTrades(count: number): EngineEvent[] {
  const random = seededRandom(SEED);
  return Array.from({ length: count }, (_, index) => tradeEvent({ sequence: 2 * index + 1, instrumentNumber: 1, priceTicks: 95 + Math.floor(random() * 11), timestampNs: EPOCH_NS + BigInt(index) * NS_PER_SECOND }));
}

describe('evaluateBatch', () => {
  const trades = randomTrades(400);
  let whole: Room;
  let expected: Awaited<ReturnType<typeof dump>>;

  beforeAll(async () => {
    whole = await room();
    await evaluateBatch(whole.pool, trades, undefined);
    expected = await dump(whole.pool);
    expect(expected['notifications']!.length).toBeGreaterThan(60);
  });
  afterAll(async () => whole[Symbol.asyncDispose]());

  it('makes the same from one batch and from random batches delivered again and again', async () => {
    await using pieces = await room();
    const random = seededRandom(SEED + 1);
    let memory: Memory | undefined;
    for (let seen = 0; seen < trades.length; ) {
      const from = Math.max(0, seen - Math.floor(random() * 20));
      const to = Math.min(trades.length, from + 1 + Math.floor(random() * 40));
      // A restart forgets; the database does not.
      if (random() < 0.2) memory = undefined;
      const unseen = memory ? trades.slice(Math.max(from, seen), to) : trades.slice(from, to);
      if (unseen.length > 0) ({ memory } = await evaluateBatch(pieces.pool, unseen, memory));
      seen = Math.max(seen, to);
    }
    expect(await dump(pieces.pool)).toEqual(expected);
  });

  it('loses and repeats no firing when the process dies at any statement between fire and checkpoint', async () => {
    await using crashing = await room();
    const untouched = await dump(crashing.pool);
    let crashes = 0;
    for (let allowed = 0; ; allowed++) {
      const finished = await evaluateBatch(dyingPool(crashing.pool, allowed), trades, undefined).catch((error: Error) => error);
      if (!(finished instanceof Error)) break;
      crashes++;
      expect(finished.message).toBe('the process dies here');
      expect(await dump(crashing.pool)).toEqual(untouched);
    }
    expect(crashes).toBeGreaterThan(8);
    expect(await dump(crashing.pool)).toEqual(expected);
  });

  it('lets two instances follow the same stream without a repeat', async () => {
    await using shared = await room();
    const follow = async (batch: number) => {
      let memory: Memory | undefined;
      for (let at = 0; at < trades.length; at += batch) ({ memory } = await evaluateBatch(shared.pool, trades.slice(at, at + batch), memory));
    };
    await Promise.all([follow(7), follow(11)]);
    expect(await dump(shared.pool)).toEqual(expected);
  });

  it('writes nothing for trades that change nothing, and then the checkpoint only now and then', async () => {
    await using quiet = await room();
    const calm = (sequence: number) => tradeEvent({ sequence, instrumentNumber: 1, priceTicks: 50, timestampNs: EPOCH_NS });
    const { memory } = await evaluateBatch(quiet.pool, [calm(1)], undefined);
    await evaluateBatch(quiet.pool, [calm(2), calm(3)], memory);
    expect(await loadCheckpoint(quiet.pool)).toBe(1);
    await evaluateBatch(quiet.pool, [calm(20_001)], memory);
    expect(await loadCheckpoint(quiet.pool)).toBe(20_001);
  });

  it('keeps the newest 10,000 notifications of a user', async () => {
    await using full = await room();
    await full.pool.query("insert into notification.inboxes (user_id, last_number) values ('ada', 9998)");
    await evaluateBatch(full.pool, trades, undefined);
    const { rows } = await full.pool.query("select min(number)::int as oldest, max(number)::int as newest, (select last_number::int from notification.inboxes where user_id = 'ada') as last from notification.notifications where user_id = 'ada'");
    expect(rows[0].newest).toBe(rows[0].last);
    expect(rows[0].oldest).toBe(Math.max(9_999, rows[0].last - 9_999));
  });
});

/** A pool whose connection breaks off instead of running statement number `allowed`, counted from the transaction's first. */
function dyingPool(pool: pg.Pool, allowed: number): pg.Pool {
  let statements = 0;
  const query = (client: pg.PoolClient) => (text: string, values?: unknown[]) => {
    if (text !== 'rollback' && statements++ >= allowed) return Promise.reject(new Error('the process dies here'));
    return client.query(text, values as unknown[]);
  };
  return { connect: async () => {
    const client = await pool.connect();
    return { query: query(client), release: (broken?: boolean) => client.release(broken) };
  } } as unknown as pg.Pool;
}
