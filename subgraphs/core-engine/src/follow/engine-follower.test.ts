import { describe, expect, it } from '@jest/globals';
import { InvalidValueError } from '@mib/model/invalid-value';
import { EngineUnavailableError, type EngineClient, type EngineEvent, type EventBatch, type LevelView } from '@mib/proto/engine-client';
import { createLogger } from '@mib/service/logger';
import { LiveTopic } from '@mib/service/pubsub';
import { EngineFollower, type LiveQuote } from './engine-follower.ts';

const STALE_AFTER_MS = 30_000;
const logger = createLogger('test', { level: 'silent' });

describe('the follower of the engine', () => {
  it('takes what a snapshot has and then every event, command by command', async () => {
    const engine = new FakeEngine();
    engine.level('BUY', 100, 5);
    await using follower = engine.follow();
    const quotes = follower.quotes.subscribe({ maxQueued: 100, overflow: 'close' });
    expect(await bids(quotes, 1)).toEqual([[100, 5, 1]]);
    engine.level('BUY', 101, 2);
    engine.level('BUY', 99, 7);
    engine.level('BUY', 101, 0);
    expect(await bids(quotes, 2)).toEqual([[101, 2, 1], [100, 5, 1]]);
    expect(follower.market('T.XSIM')!.book.top('BUY', 5)).toEqual([[100, 5, 1], [99, 7, 1]]);
    expect(follower.sequence).toBe(engine.lastSequence);
  });

  it('calls a silent quote stale and a moving one live', async () => {
    const engine = new FakeEngine();
    engine.level('BUY', 100, 5);
    await using follower = engine.follow();
    const quotes = follower.quotes.subscribe({ maxQueued: 100, overflow: 'close' });
    await untilFreshness(quotes, 'LIVE');
    engine.nowMs += STALE_AFTER_MS + 1;
    await untilFreshness(quotes, 'STALE');
    engine.level('BUY', 101, 1);
    await untilFreshness(quotes, 'LIVE');
  });

  it('calls an empty silent book closed', async () => {
    const engine = new FakeEngine();
    engine.nowMs += STALE_AFTER_MS + 1;
    await using follower = engine.follow();
    await untilFreshness(follower.quotes.subscribe({ maxQueued: 100, overflow: 'close' }), 'CLOSED');
  });

  it('says RESYNCING while the engine does not answer', async () => {
    const engine = new FakeEngine();
    engine.level('BUY', 100, 5);
    await using follower = engine.follow();
    const quotes = follower.quotes.subscribe({ maxQueued: 100, overflow: 'close' });
    await untilFreshness(quotes, 'LIVE');
    engine.isAway = true;
    await untilFreshness(quotes, 'RESYNCING');
    engine.isAway = false;
    await untilFreshness(quotes, 'LIVE');
  });

  it('begins anew when the engine has a shorter log than it has seen', async () => {
    const engine = new FakeEngine();
    engine.level('BUY', 100, 5);
    engine.level('BUY', 101, 5);
    await using follower = engine.follow();
    const quotes = follower.quotes.subscribe({ maxQueued: 100, overflow: 'close' });
    await bids(quotes, 1);
    engine.reset();
    engine.level('BUY', 7, 1);
    for (let bid: LevelView | undefined; bid?.[0] !== 7; ) [bid] = await bids(quotes, 1);
    expect(follower.sequence).toBe(1);
  });
});

class FakeEngine {
  nowMs = Date.UTC(2020, 3, 17);
  isAway = false;
  #events: EngineEvent[] = [];
  #levels = new Map<number, LevelView>();
  #live = new LiveTopic<EngineEvent | Error>();

  get lastSequence(): number {
    return this.#events.length;
  }

  level(side: 'BUY', priceTicks: number, quantityLots: number): void {
    const sequence = this.#events.length + 1;
    const event = { kind: 'LevelChanged', sequence, commandSequence: sequence, timestampNs: BigInt(this.nowMs) * 1_000_000n, instrumentNumber: 1, side, priceTicks, quantityLots, orders: quantityLots === 0 ? 0 : 1 } as const;
    this.#events.push(event);
    if (quantityLots === 0) this.#levels.delete(priceTicks);
    else this.#levels.set(priceTicks, [priceTicks, quantityLots, 1]);
    this.#live.publish(event);
  }

  reset(): void {
    this.#events = [];
    this.#levels.clear();
    this.#live.publish(new InvalidValueError('engine refused to stream events', 'after'));
  }

  follow(): EngineFollower {
    return new EngineFollower({ engine: this.#client(), staleAfterMs: STALE_AFTER_MS, now: () => this.nowMs, logger });
  }

  #client(): EngineClient {
    const client = {
      status: async () => {
        if (this.isAway) throw new EngineUnavailableError('gone', { sent: false });
        return { ready: true, lastEventSequence: this.lastSequence };
      },
      instruments: async () => [{ instrumentNumber: 1, instrumentId: 'T.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 }],
      quotes: async () => [{ instrumentNumber: 1, bid: null, ask: null, last: null, state: 'CONTINUOUS', indicative: null, feedState: null, venueTradeId: 0, venueTimeNs: 0n, eventSequence: this.lastSequence, timestampNs: this.#timestampNs() }],
      books: async () => [{ instrumentNumber: 1, bids: [...this.#levels.values()].sort((a, b) => b[0] - a[0]), asks: [], feedState: null, eventSequence: this.lastSequence, timestampNs: this.#timestampNs() }],
      events: (options: { after: number; signal: AbortSignal }) => this.#stream(options),
    };
    return client as unknown as EngineClient;
  }

  #timestampNs(): bigint {
    return this.#events.at(-1)?.timestampNs ?? 0n;
  }

  async *#stream({ after, signal }: { after: number; signal: AbortSignal }): AsyncGenerator<EventBatch> {
    const live = this.#live.subscribe({ maxQueued: 100, overflow: 'close', signal });
    yield { events: this.#events.slice(after), through: this.#events.length };
    for await (const event of live) {
      if (event instanceof Error) throw event;
      yield { events: [event], through: event.sequence };
    }
  }
}

async function bids(quotes: AsyncIterator<LiveQuote>, count: number): Promise<(LevelView | undefined)[]> {
  const seen: (LevelView | undefined)[] = [];
  while (seen.length < count) seen.push((await quotes.next()).value.facts.bid ?? undefined);
  return seen;
}

async function untilFreshness(quotes: AsyncIterator<LiveQuote>, freshness: string): Promise<void> {
  for (;;) if ((await quotes.next()).value.freshness === freshness) return;
}
