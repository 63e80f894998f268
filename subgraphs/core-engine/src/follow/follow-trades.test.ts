import { describe, expect, it } from '@jest/globals';
import type { EngineClient, EngineEvent } from '@mib/proto/engine-client';
import { LiveTopic } from '@mib/service/pubsub';
import { Market, toListing, tradeOf, type SeenTrade } from '../domain/market.ts';
import type { EngineFollower } from './engine-follower.ts';
import { followTrades } from './follow-trades.ts';

const LISTING = toListing({ instrumentNumber: 1, instrumentId: 'T.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });

describe('the trades of one reader', () => {
  it('begin with the next one, without a cursor', async () => {
    const exchange = new Exchange();
    exchange.trade(5);
    const reader = exchange.follow(undefined);
    const first = reader.next();
    exchange.trade(2);
    expect((await first).value.sequence).toBe(6);
    await reader.return(undefined);
    expect(exchange.subscribers).toBe(0);
  });

  it.each([0, 3, 5])('go on behind sequence %i and into the live ones, each once', async (after) => {
    const exchange = new Exchange();
    exchange.trade(5);
    const reader = exchange.follow(after);
    const seen = await take(reader, 5 - after, () => undefined);
    const next = reader.next();
    exchange.trade(3);
    seen.push((await next).value.sequence, ...(await take(reader, 2, () => undefined)));
    expect(seen).toEqual(range(after + 1, 8));
    await reader.return(undefined);
  });

  it('lose nothing when the reader falls further behind than its queue holds, again and again', async () => {
    const exchange = new Exchange();
    const reader = exchange.follow(undefined);
    const first = reader.next();
    exchange.trade(1);
    const seen = [(await first).value.sequence];
    exchange.trade(5_000);
    seen.push(...(await take(reader, 6_999, (count) => count === 3_000 && exchange.trade(2_000))));
    expect(seen).toEqual(range(1, 7_000));
    await reader.return(undefined);
  });

  it('are refused while too many readers catch up', async () => {
    const exchange = new Exchange();
    exchange.trade(1);
    const others = Array.from({ length: 16 }, () => exchange.replays.add(Symbol('other')));
    expect(others).toHaveLength(16);
    await expect(exchange.follow(0).next()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(exchange.subscribers).toBe(0);
  });
});

/** A journal in memory and the live feed beside it. */
class Exchange {
  readonly replays = new Set<symbol>();
  readonly #journal: EngineEvent[] = [];
  readonly #trades = new LiveTopic<SeenTrade>();
  readonly #market = new Market(LISTING, 0);

  get subscribers(): number {
    return this.#trades.subscriberCount;
  }

  trade(count: number): void {
    for (let done = 0; done < count; done += 1) {
      const sequence = this.#journal.length + 1;
      const event = {
        kind: 'Trade', sequence, commandSequence: sequence, timestampNs: 0n, tradeId: sequence, instrumentNumber: 1, priceTicks: 1, quantityLots: 1, takerSide: 'BUY',
        takerOrderId: 1, takerAccountNumber: 1, takerRemainingLots: 0, makerOrderId: 2, makerAccountNumber: 2, makerRemainingLots: 0, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false,
      } as const;
      this.#journal.push(event);
      this.#trades.publish(tradeOf(LISTING, event));
    }
  }

  follow(after: number | undefined): AsyncGenerator<SeenTrade> {
    const journal = this.#journal;
    const engine = {
      async *events(options: { after: number }) {
        for (let from = options.after; from < journal.length; from += 1_000) yield { events: journal.slice(from, from + 1_000), through: Math.min(from + 1_000, journal.length) };
      },
    } as unknown as EngineClient;
    const market = this.#market;
    const follower = { trades: this.#trades, get sequence() { return journal.length; }, marketByNumber: () => market } as unknown as EngineFollower;
    return followTrades({ follower, engine, instrumentNumbers: new Set([1]), after, signal: new AbortController().signal, replays: this.replays });
  }
}

async function take(reader: AsyncGenerator<SeenTrade>, count: number, onEach: (taken: number) => unknown): Promise<number[]> {
  const sequences: number[] = [];
  while (sequences.length < count) {
    sequences.push((await reader.next()).value.sequence);
    onEach(sequences.length);
  }
  return sequences;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
