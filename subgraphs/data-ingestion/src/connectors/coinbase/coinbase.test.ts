import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { createRandom, nextInteger } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { BookState, BookUpdate, FeedSink, FeedTrade, TradePosition } from '../feed/contract.ts';
import { coinbaseConnector } from './coinbase.ts';
import { startFakeCoinbase, type FakeCoinbase, type Fault } from './fake-coinbase.ts';

const BOUNDS = { silenceMs: 400, handshakeMs: 200, answerMs: 500, firstBackoffMs: 5, maxBackoffMs: 20 };
const FAULTS: readonly Fault[] = ['drop', 'duplicate', 'reorder', 'corrupt', 'close', 'silence', 'rate-limit', 'slow-handshake'];
const PRODUCTS = ['BTC-USD', 'ETH-USD'];

describe('the Coinbase connector', () => {
  it.each(Array.from({ length: 8 }, (_, index) => [index + 1]))('ends with the venue\'s books and every trade once, whatever happens on the socket (seed %i)', async (seed) => {
    const random = createRandom(seed);
    await using venue = await startFakeCoinbase(PRODUCTS, random);
    await using feed = connect(venue, seed);
    for (const fault of Array.from({ length: 4 }, () => FAULTS[nextInteger(random, 0, FAULTS.length - 1)]!)) {
      await feed.until(() => feed.isLive());
      venue.faults.push(fault);
      for (let steps = 0; steps < 20; steps++) venue.step();
      venue.heartbeat();
      await delay(5);
      venue.heartbeat();
    }
    venue.faults.length = 0;
    // One step after the last fault shows whatever is still missing.
    venue.step();
    await feed.until(() => {
      venue.heartbeat();
      return feed.isLive() && PRODUCTS.every((product) => feed.equals(product));
    });
    for (const product of PRODUCTS) {
      const ids = feed.trades.get(product)!.map(({ id }) => id);
      expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => ids[0]! + index));
    }
    expect(feed.wrongly).toEqual([]);
  }, 30_000);

  it('asks for the trades since the last one that is known', async () => {
    await using venue = await startFakeCoinbase(['BTC-USD'], createRandom(7));
    const product = venue.products.get('BTC-USD')!;
    while (product.lastTradeId < 40) product.step();
    await using feed = connect(venue, 7, { id: 25, eventTimeNs: 0n });
    await feed.until(() => feed.isLive());
    await feed.until(() => {
      venue.step();
      return (feed.trades.get('BTC-USD') ?? []).length > 20;
    });
    expect(feed.trades.get('BTC-USD')!.slice(0, 16).map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, index) => 26 + index));
  });

  it('reads the trading rules of products', async () => {
    await using venue = await startFakeCoinbase(PRODUCTS, createRandom(1));
    expect(await coinbaseConnector.instruments(['ETH-USD', 'NO-USD'], venue.urls)).toEqual([
      { symbol: 'ETH-USD', base: 'ETH', quote: 'USD', tickSize: '0.01', lotSize: '0.00000001', minQuantity: null, minNotional: '1', trading: true },
    ]);
    venue.faults.push('rate-limit');
    await expect(coinbaseConnector.instruments(['ETH-USD'], venue.urls)).rejects.toThrow('/products answered 429');
  });
});

function connect(venue: FakeCoinbase, seed: number, lastTrade: TradePosition | null = null) {
  const symbols = [...venue.products.keys()];
  const states = new Map<string, BookState>();
  const books = new Map(symbols.map((symbol) => [symbol, { bids: new Map<string, string>(), asks: new Map<string, string>() }]));
  const trades = new Map<string, FeedTrade[]>(symbols.map((symbol) => [symbol, []]));
  const wrongly: string[] = [];
  const sink: FeedSink = {
    state: (symbol, state) => void states.set(symbol, state),
    book(symbol, { kind, bids, asks }: BookUpdate) {
      const book = books.get(symbol)!;
      if (kind === 'CHANGES' && states.get(symbol) !== 'LIVE') wrongly.push(`${symbol} changes while ${states.get(symbol)}`);
      if (kind === 'SNAPSHOT') books.set(symbol, { bids: new Map(bids), asks: new Map(asks) });
      else for (const [side, changes] of [[book.bids, bids], [book.asks, asks]] as const) for (const [price, size] of changes) if (!(size === '0' && side.delete(price))) side.set(price, size);
    },
    trade: (symbol, trade) => void trades.get(symbol)!.push(trade),
    bar: () => undefined,
  };
  const health = new SourceHealth({ id: 'coinbase', provider: 'Coinbase', kind: 'LIVE_FEED', synthetic: false, continuous: true }, Date.now);
  const running = coinbaseConnector.start({
    symbols, sink, health, clock: SYSTEM_CLOCK, random: createRandom(seed), logger: createLogger('test', { level: 'silent' }), urls: venue.urls, bounds: BOUNDS, lastTrade: () => lastTrade,
  });
  return {
    health, trades, wrongly,
    isLive: () => [...running.states().values()].every((state) => state === 'LIVE'),
    equals(symbol: string): boolean {
      const product = venue.products.get(symbol)!;
      const numbers = (levels: Iterable<readonly [string, string]>) => new Map([...levels].map(([price, size]) => [Number(price), Number(size)]));
      const { bids, asks } = books.get(symbol)!;
      return ([['buy', bids], ['sell', asks]] as const).every(([side, known]) => {
        const [expected, found] = [numbers(product.levels(side)), numbers(known)];
        return expected.size === found.size && [...expected].every(([price, size]) => found.get(price) === size);
      });
    },
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await delay(2);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
