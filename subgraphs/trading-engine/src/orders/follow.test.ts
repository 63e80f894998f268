import { describe, expect, it } from '@jest/globals';
import { createPool } from '@mib/service/database';
import { seededRandom } from '@mib/testkit/random';
import { testDatabase } from '@mib/testkit/test-database';
import type { Place } from '../domain/cursor.ts';
import { startProjection } from '../projection/projection.ts';
import { orderEventsAfter } from '../store/order-reader.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { silentTelemetry } from '../testing/silent-telemetry.ts';
import { randomFlow } from '../testing/scripted-market.ts';
import { followOrderEvents, followPositions } from './follow.ts';

const telemetry = silentTelemetry();
const SEED = 7;
const START: Place = { sequence: 0, leg: 1 };
const ACCOUNT = 1000;

const nameOf = ({ sequence, leg }: Place) => `${sequence}.${leg}`;

async function setting() {
  const database = await testDatabase();
  const pool = createPool(database.url, { max: 6, applicationName: 'test' });
  const engine = new ScriptedEngine(11);
  const projection = await startProjection({ pool, engine, telemetry });
  const stop = new AbortController();
  return {
    pool, engine, projection, stop,
    options: { pool, touched: projection.touched, accountNumber: ACCOUNT, signal: stop.signal },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await projection[Symbol.asyncDispose]();
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Emits the flow in small random bites, letting other work in between. */
async function trickle(engine: ScriptedEngine, random: () => number, events: ReturnType<typeof randomFlow>): Promise<void> {
  for (let at = 0; at < events.length; ) {
    const bite = 1 + Math.floor(random() * 8);
    engine.emit(...events.slice(at, at + bite));
    at += bite;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function take<T>(source: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = await source.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

describe('followOrderEvents', () => {
  it('resumes exactly behind any event while orders keep coming', async () => {
    await using room = await setting();
    const random = seededRandom(SEED);
    const events = randomFlow(random, 500);
    const loading = trickle(room.engine, seededRandom(SEED + 1), events);
    const live = followOrderEvents(room.options, START);
    const seen: string[] = [];
    // The client drops its connection after every few events and comes back with its last cursor.
    let place = START;
    let source = followOrderEvents(room.options, place);
    const expectedCount = countOrderEvents(events);
    while (seen.length < expectedCount) {
      for (const event of await take(source, Math.min(1 + Math.floor(random() * 30), expectedCount - seen.length))) {
        seen.push(nameOf(event));
        place = { sequence: event.sequence, leg: event.leg };
      }
      await source.return(undefined);
      source = followOrderEvents(room.options, place);
    }
    await loading;
    await room.projection.reached(room.engine.last, 20_000);
    const all = (await orderEventsAfter(room.pool, ACCOUNT, START, 10_000)).map(nameOf);
    expect(seen).toEqual(all);
    expect((await take(live, all.length)).map(nameOf)).toEqual(all);
    for (const k of [1, 5, Math.floor(all.length / 2), all.length - 1]) {
      const [sequence, leg] = all[k - 1]!.split('.').map(Number) as [number, number];
      expect((await take(followOrderEvents(room.options, { sequence, leg }), all.length - k)).map(nameOf)).toEqual(all.slice(k));
    }
  });

  it('shows each order as of its event, live or replayed', async () => {
    await using room = await setting();
    const events = randomFlow(seededRandom(SEED), 300);
    const live = take(followOrderEvents(room.options, START), countOrderEvents(events));
    await trickle(room.engine, seededRandom(3), events);
    const replayed = await (await room.projection.reached(room.engine.last, 20_000), take(followOrderEvents(room.options, START), countOrderEvents(events)));
    expect(await live).toEqual(replayed);
    const versions = new Map<number, number>();
    for (const { order, fill } of replayed) {
      expect(order.version).toBe((versions.get(order.id) ?? 0) + 1);
      versions.set(order.id, order.version);
      if (fill) expect(order.filledLots).toBeGreaterThanOrEqual(fill.quantityLots);
    }
  });

  it('ends when the subscriber goes away', async () => {
    await using room = await setting();
    const waiting = followOrderEvents(room.options, START).next();
    room.stop.abort();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(room.projection.touched.subscriberCount).toBe(0);
  });
});

describe('followPositions', () => {
  it('always arrives at the last state', async () => {
    await using room = await setting();
    const events = randomFlow(seededRandom(SEED), 400);
    const source = followPositions(room.options, 0);
    const loading = trickle(room.engine, seededRandom(4), events);
    await loading;
    await room.projection.reached(room.engine.last, 20_000);
    const { rows } = await room.pool.query('select sequence, quantity_lots from trading.positions where account_number = $1', [ACCOUNT]);
    let last = (await source.next()).value!;
    while (last.sequence < Number(rows[0].sequence)) last = (await source.next()).value!;
    expect(String(last.quantityLots)).toBe(rows[0].quantity_lots);
  });
});

/** Events of the account as the projection will count them: one an order event, two for a trade with itself. */
function countOrderEvents(events: ReturnType<typeof randomFlow>): number {
  let count = 0;
  for (const event of events) {
    if (event.kind === 'Trade') count += Number(event.takerAccountNumber === ACCOUNT) + Number(event.makerAccountNumber === ACCOUNT);
    else if ((event.kind === 'OrderAccepted' || event.kind === 'OrderDenied' || event.kind === 'OrderCanceled' || event.kind === 'OrderAmended') && event.accountNumber === ACCOUNT) count++;
  }
  return count;
}
