import { describe, expect, it } from '@jest/globals';
import { EngineUnavailableError, type BookSnapshot, type EngineClient, type QuoteSnapshot } from '@mib/proto/engine-client';
import { createContext } from './context.ts';
import { Market, toListing } from './domain/market.ts';
import type { EngineFollower } from './follow/engine-follower.ts';

const MARKETS = [1, 2, 3].map((instrumentNumber) => new Market(toListing({ instrumentNumber, instrumentId: `T${instrumentNumber}.XSIM`, tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 }), 0));

describe('the loaders of one request', () => {
  it('ask the engine once for all quotes, and once for all books of one depth', async () => {
    const asked: string[] = [];
    const context = open({
      quotes: async (numbers) => (asked.push(`quotes ${numbers.join()}`), numbers.map(quote)),
      books: async (numbers, depth) => (asked.push(`books ${numbers.join()} ${depth}`), numbers.map(book)),
    });
    await Promise.all([
      ...MARKETS.map((market) => context.quoteOf.load(market)),
      ...MARKETS.map((market) => context.quoteOf.load(market)),
      ...MARKETS.map((market) => context.bookOf(market, 5)),
      context.bookOf(MARKETS[0]!, 10),
    ]);
    expect(asked.sort()).toEqual(['books 1 10', 'books 1,2,3 5', 'quotes 1,2,3']);
  });

  it('answer from memory while the engine is away', async () => {
    const away = async (): Promise<never> => {
      throw new EngineUnavailableError('gone', { sent: false });
    };
    const context = open({ quotes: away, books: away });
    expect(await context.quoteOf.load(MARKETS[1]!)).toEqual(MARKETS[1]!.quote());
    expect(await context.bookOf(MARKETS[1]!, 5)).toEqual(MARKETS[1]!.levels(5));
  });

  it('never hide a bug of the engine client', async () => {
    const context = open({ quotes: async () => { throw new TypeError('bug'); } });
    await expect(context.quoteOf.load(MARKETS[0]!)).rejects.toThrow('bug');
  });
});

function open(engine: Partial<EngineClient>) {
  const follower = { synchronised: true } as EngineFollower;
  return createContext({ engine: engine as EngineClient, follower, replays: new Set(), now: () => 0 }, { viewer: { kind: 'anonymous' }, signal: new AbortController().signal, requestId: 'r' });
}

function quote(instrumentNumber: number): QuoteSnapshot {
  return { instrumentNumber, bid: null, ask: null, last: null, state: 'CONTINUOUS', indicative: null, feedState: null, venueTradeId: 0, venueTimeNs: 0n, eventSequence: 1, timestampNs: 0n };
}

function book(instrumentNumber: number): BookSnapshot {
  return { instrumentNumber, bids: [], asks: [], feedState: null, eventSequence: 1, timestampNs: 0n };
}
