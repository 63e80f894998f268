import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { EngineClient, EngineEvent, EventBatch, QuoteSnapshot } from '@mib/proto/engine-client';
import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { LiveTopic } from '@mib/service/pubsub';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import type { CandleView } from '../domain/stored-candle.ts';
import { LiveStore } from '../store/live-store.ts';
import { createTelemetry } from '../telemetry.ts';
import { LiveProjector } from './live-projector.ts';
import { NO_ARCHIVE } from '../store/archived-candles.ts';
import { CandleClocks } from '../domain/candle-clock.ts';

const STORES = { archive: NO_ARCHIVE, clocks: new CandleClocks() };

const START_MS = Date.UTC(2026, 10, 22);
const REGISTERED: EngineEvent = { kind: 'InstrumentRegistered', sequence: 1, commandSequence: 1, timestampNs: 0n, instrumentNumber: 7, instrumentId: 'SPX.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 };
const logger = createLogger('test', { level: 'silent' });

let database: TestDatabase;
let pool: pg.Pool;
let nowMs = START_MS;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.url, { max: 4, applicationName: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  nowMs = START_MS;
  await pool.query('truncate processor.trades, processor.candles, processor.checkpoints, processor.engine_instruments, processor.instruments');
});

describe('the live projector', () => {
  it('publishes a candle as it changes, once more when a later trade ends it, then the next', async () => {
    const engine = new FakeEngine();
    await using projector = startProjector(engine);
    const minutes = watchMinutes(projector);
    engine.say([REGISTERED, trade(2, 10, 100)]);
    expect(await minutes()).toEqual([0, false, 1]);
    engine.say([trade(3, 20, 101)]);
    expect(await minutes()).toEqual([0, false, 2]);
    engine.say([trade(4, 70, 102)]);
    expect(await minutes()).toEqual([0, true, 2]);
    expect(await minutes()).toEqual([1, false, 1]);
  });

  it('publishes the end of a candle whose last trades came in the batch that ends it once only', async () => {
    const engine = new FakeEngine();
    await using projector = startProjector(engine);
    const minutes = watchMinutes(projector);
    engine.say([REGISTERED, trade(2, 10, 100)]);
    expect(await minutes()).toEqual([0, false, 1]);
    engine.say([trade(3, 20, 101), trade(4, 70, 102)]);
    expect(await minutes()).toEqual([0, true, 2]);
    expect(await minutes()).toEqual([1, false, 1]);
  });

  it('goes on after the last applied event when it starts again', async () => {
    const first = new FakeEngine();
    {
      await using projector = startProjector(first);
      const minutes = watchMinutes(projector);
      first.say([REGISTERED, trade(2, 10, 100)]);
      await minutes();
    }
    const second = new FakeEngine();
    await using projector = startProjector(second);
    const minutes = watchMinutes(projector);
    second.say([trade(3, 15, 101)]);
    expect(await minutes()).toEqual([0, false, 2]);
    expect([first.after, second.after]).toEqual([[0], [2]]);
  });

  it('begins again at the checkpoint when the stream or the database fails, and says so meanwhile', async () => {
    const engine = new FakeEngine();
    await using projector = startProjector(engine);
    const minutes = watchMinutes(projector);
    engine.say([REGISTERED, trade(2, 10, 100)]);
    await minutes();
    engine.say([{ ...trade(3, 11, 100), instrumentNumber: 99 } as EngineEvent]);
    const again = engine.nextFollow();
    await again;
    expect(projector.problem).toContain('instrument 99');
    engine.say([trade(3, 12, 101)]);
    expect(await minutes()).toEqual([0, false, 2]);
    expect(engine.after).toEqual([0, 2]);
    expect(projector.problem).toBeUndefined();
  });

  it('ends candles by the clock only when the market is idle and nothing is left to apply', async () => {
    const engine = new FakeEngine();
    await using projector = startProjector(engine);
    const minutes = watchMinutes(projector);
    engine.say([REGISTERED, trade(2, 10, 100)]);
    expect(await minutes()).toEqual([0, false, 1]);

    nowMs = START_MS + 65_000;
    engine.lastTradeMs = START_MS + 64_000;
    expect(await projector.closeIdle()).toBe(false);
    engine.lastTradeMs = START_MS + 10_000;
    nowMs = START_MS + 4_999;
    expect(await projector.closeIdle()).toBe(false);
    nowMs = START_MS + 65_000;
    expect(await projector.closeIdle()).toBe(true);
    expect(await minutes()).toEqual([0, true, 1]);
    expect(await projector.closeIdle()).toBe(false);
  });
});

function startProjector(engine: FakeEngine): LiveProjector {
  const telemetry = createTelemetry(createMetrics('test'), logger);
  const projector = new LiveProjector({ engine: engine as unknown as EngineClient, store: new LiveStore(pool, STORES), clocks: STORES.clocks, telemetry, logger, now: () => nowMs, onCandle: () => undefined });
  projector.start();
  return projector;
}

/** Minute, final and number of trades of each published M1 candle. */
function watchMinutes(projector: LiveProjector): () => Promise<unknown> {
  const candles = projector.candles.subscribe({ filter: (candle) => candle.interval === 'M1', maxQueued: 100, overflow: 'close' });
  return async () => {
    const candle = (await candles.next()).value as CandleView;
    return [(candle.openTimeMs - START_MS) / 60_000, candle.final, candle.trades];
  };
}

/** Follows like the real one: each `events` call sees what is said after its sequence. */
class FakeEngine {
  /** The `after` of each call of `events`. */
  readonly after: number[] = [];
  lastTradeMs = START_MS;
  readonly #said: (readonly EngineEvent[])[] = [];
  readonly #news = new LiveTopic<readonly EngineEvent[]>();
  #followed: () => void = () => undefined;

  say(batch: readonly EngineEvent[]): void {
    this.#said.push(batch);
    this.#news.publish(batch);
  }

  nextFollow(): Promise<void> {
    return new Promise((resolve) => (this.#followed = resolve));
  }

  async *events({ after, signal }: { after: number; signal?: AbortSignal }): AsyncIterable<EventBatch> {
    const first = this.after.length === 0;
    this.after.push(after);
    const live = this.#news.subscribe({ maxQueued: 100, overflow: 'close', ...(signal ? { signal } : {}) });
    this.#followed();
    // What a failed batch held is said again by the test, corrected.
    if (first) for (const events of this.#said.slice()) yield batchOf(events);
    for await (const events of live) yield batchOf(events);
  }

  async instruments(): Promise<{ instrumentNumber: number }[]> {
    return [{ instrumentNumber: 7 }];
  }

  async quotes(): Promise<Pick<QuoteSnapshot, 'last'>[]> {
    return [{ last: { priceTicks: 1, quantityLots: 1, takerSide: 'BUY', timestampNs: BigInt(this.lastTradeMs) * 1_000_000n, eventSequence: 1 } }];
  }
}

function trade(sequence: number, second: number, priceTicks: number): EngineEvent {
  return {
    kind: 'Trade', sequence, commandSequence: sequence, tradeId: sequence, timestampNs: BigInt(START_MS + second * 1_000) * 1_000_000n, instrumentNumber: 7, priceTicks, quantityLots: 1,
    takerSide: 'BUY', takerOrderId: 1, takerAccountNumber: 1000, takerRemainingLots: 0, makerOrderId: 2, makerAccountNumber: 1, makerRemainingLots: 0, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false,
  };
}

function batchOf(events: readonly EngineEvent[]): EventBatch {
  return { events, through: events.at(-1)?.sequence ?? 0 };
}
