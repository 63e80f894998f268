// Outside venues, spoken with over real sockets in their own protocols, seen through the graph: live books equal to the
// venue's, no quote called LIVE from a gap on until the book has been built anew, and a data-ingestion that is killed in
// the middle of it all comes back with the same books and every trade exactly once. The platform with a process for each
// subgraph is started once: when the venues are still, the story of one subgraph down goes on with it.

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openFakeBinance, type FakeBinance } from '@mib/data-ingestion/connectors/binance/fake-binance';
import { startFakeCoinbase } from '@mib/data-ingestion/connectors/coinbase/fake-coinbase';
import { CLEAN } from '@mib/data-ingestion/connectors/feed/fault-line';
import { openFakeKraken, type FakeKraken } from '@mib/data-ingestion/connectors/kraken/fake-kraken';
import { createRandom } from '@mib/data-ingestion/domain/random';
import { graphql } from '@mib/testkit/graphql';
import { startPlatform, temporaryDirectory, type Platform } from '@mib/testkit/platform';
import { eventually } from '../eventually.ts';
import { subscribe } from '../live.ts';
import { oneSubgraphDown } from '../one-subgraph-down/one-subgraph-down.ts';

const STEP_MS = 20;
const DEPTH = 10;
const TIMEOUT_MS = 60_000;
const QUOTES_A_LOSS = 25;

interface Level {
  readonly price: string;
  readonly quantity: string;
}

interface Venue extends AsyncDisposable {
  readonly provider: string;
  readonly symbol: string;
  readonly instrumentId: string;
  readonly urls: { readonly stream: string; readonly rest: string };
  /** Quantities are shown in whole lots. */
  readonly lot: number;
  step(): void;
  /** Loses one frame of the book. */
  loseFrame(): void;
  levels(side: 'bids' | 'asks'): readonly (readonly [price: string, quantity: string])[];
}

let directory: string;
let platform: Platform;
let venues: readonly Venue[];
let moving: NodeJS.Timeout;
let isMoving = true;

beforeAll(async () => {
  directory = await temporaryDirectory();
  venues = await Promise.all([binance(), kraken(), coinbase()]);
  const file = path.join(directory, 'feeds.json');
  await writeFile(file, JSON.stringify({ feeds: venues.map(({ provider, symbol, urls }) => ({ provider, symbols: [symbol], urls })) }));
  platform = await startPlatform({ arguments: ['--isolated'], environment: { MIB_FEEDS_FILE: file, MIB_SIMULATED_RATE: '1' } });
  moving = setInterval(() => {
    if (isMoving) for (const venue of venues) venue.step();
  }, STEP_MS);
}, 240_000);

afterAll(async () => {
  clearInterval(moving);
  await platform?.[Symbol.asyncDispose]();
  await Promise.all(venues.map((venue) => venue[Symbol.asyncDispose]()));
  await rm(directory, { recursive: true, force: true });
});

describe('live feeds', () => {
  afterAll(() => clearInterval(moving));

  it('show the venues\' own books, LIVE', async () => {
    await still(async () => {
      for (const venue of venues) await eventually(async () => expect(await bookOf(venue)).toEqual(expectedBook(venue)), TIMEOUT_MS);
    });
  }, 120_000);

  it('show no LIVE quote from a gap on until the resync', async () => {
    for (const venue of venues) {
      await using quotes = await subscribe(platform.url, { query: 'subscription ($id: ID!) { quoteUpdated(instrumentIds: [$id]) { bid ask freshness sequence } }', variables: { id: venue.instrumentId } });
      const next = async () => (await quotes.next()).quoteUpdated as { readonly bid: string | null; readonly ask: string | null; readonly freshness: string };
      while ((await next()).freshness !== 'LIVE');
      // A resync may be over before a quote of it goes out, since quotes conflate; each later one waits longer.
      let seen = 0;
      const nextOfLossy = () => {
        if (seen++ % QUOTES_A_LOSS === 0) venue.loseFrame();
        return next();
      };
      const gap = await nextWhere(nextOfLossy, ({ freshness }) => freshness === 'RESYNCING');
      expect([gap.bid, gap.ask]).toEqual([null, null]);
      const back = await nextWhere(next, ({ freshness }) => freshness !== 'RESYNCING');
      expect(back.freshness).toBe('LIVE');
      expect(Number(back.bid)).toBeLessThan(Number(back.ask));
    }
    await still(async () => {
      for (const venue of venues) await eventually(async () => expect(await bookOf(venue)).toEqual(expectedBook(venue)), TIMEOUT_MS);
    });
    const { data } = await graphql(platform.url, { query: '{ dataSources { id state gapsDetected resyncs rejectedMessages } }' });
    for (const { provider } of venues) expect(data.dataSources.find(({ id }: { id: string }) => id === provider)).toMatchObject({ state: 'LIVE', gapsDetected: expect.any(Number), rejectedMessages: 0 });
  }, 120_000);

  it('come back after kill -9 with the same books and every trade once', async () => {
    const trades = new Map(venues.map(({ instrumentId }) => [instrumentId, [] as number[]]));
    await using printed = await subscribe(platform.url, { query: 'subscription ($ids: [ID!]!) { tradePrinted(instrumentIds: $ids) { instrument { id } venueTradeId } }', variables: { ids: venues.map(({ instrumentId }) => instrumentId) } });
    let isReading = true;
    const reading = (async () => {
      while (isReading) {
        const { instrument, venueTradeId } = (await printed.next()).tradePrinted;
        trades.get(instrument.id)!.push(Number(venueTradeId));
      }
    })().catch(() => undefined);
    await eventually(async () => expect(Math.min(...[...trades.values()].map(({ length }) => length))).toBeGreaterThan(20), TIMEOUT_MS);
    process.kill(platform.pids['data-ingestion']!, 'SIGKILL');
    const before = [...trades.values()].map(({ length }) => length);
    await eventually(async () => expect(Math.min(...[...trades.values()].map(({ length }, index) => length - before[index]!))).toBeGreaterThan(40), TIMEOUT_MS);
    await still(async () => {
      for (const venue of venues) await eventually(async () => expect(await bookOf(venue)).toEqual(expectedBook(venue)), TIMEOUT_MS);
    });
    isReading = false;
    for (const ids of trades.values()) expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => ids[0]! + index));
    await printed[Symbol.asyncDispose]();
    await reading;
  }, 180_000);
});

oneSubgraphDown(() => platform);

async function coinbase(): Promise<Venue> {
  const fake = await startFakeCoinbase(['BTC-USD'], createRandom(21));
  const product = fake.products.get('BTC-USD')!;
  return {
    provider: 'coinbase', symbol: 'BTC-USD', instrumentId: 'BTC-USD.COINBASE', urls: fake.urls, lot: 0.01,
    step() {
      fake.step();
      fake.heartbeat();
    },
    loseFrame: () => void fake.faults.push('drop'),
    levels: (side) => product.levels(side === 'bids' ? 'buy' : 'sell'),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

async function binance(): Promise<Venue> {
  return stepped(await openFakeBinance({ seed: 22, symbols: ['BTCUSDT'] }), { provider: 'binance', symbol: 'BTCUSDT', instrumentId: 'BTCUSDT.BINANCE', lot: 0.00001 });
}

async function kraken(): Promise<Venue> {
  return stepped(await openFakeKraken({ seed: 23, symbols: ['BTC/USD'] }), { provider: 'kraken', symbol: 'BTC/USD', instrumentId: 'BTC/USD.KRAKEN', lot: 0.001 });
}

function stepped(fake: FakeBinance | FakeKraken, facts: Pick<Venue, 'provider' | 'symbol' | 'instrumentId' | 'lot'>): Venue {
  const market = fake.markets.get(facts.symbol)!;
  let isLosing = false;
  return {
    ...facts, urls: fake.urls,
    step() {
      fake.rates = isLosing ? { ...CLEAN, drop: 1 } : CLEAN;
      isLosing = false;
      fake.step();
    },
    loseFrame: () => void (isLosing = true),
    levels: (side) => market.levels(side),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

/** Does something while no venue moves. */
async function still(check: () => Promise<void>): Promise<void> {
  isMoving = false;
  try {
    await delay(2 * STEP_MS);
    await check();
  } finally {
    isMoving = true;
  }
}

async function bookOf({ instrumentId }: Venue) {
  const { data } = await graphql(platform.url, { query: 'query ($id: ID!, $depth: Int!) { orderBook(instrumentId: $id, depth: $depth) { freshness bids { price quantity } asks { price quantity } } }', variables: { id: instrumentId, depth: DEPTH } });
  const side = (levels: readonly Level[]) => levels.map(({ price, quantity }) => [Number(price), Number(quantity)]);
  return data?.orderBook && { freshness: data.orderBook.freshness, bids: side(data.orderBook.bids), asks: side(data.orderBook.asks) };
}

function expectedBook({ levels, lot }: Venue) {
  const shown = (quantity: string) => Number((Math.max(1, Math.floor(Number(quantity) / lot + 1e-9)) * lot).toFixed(8));
  const side = (name: 'bids' | 'asks') => levels(name).slice(0, DEPTH).map(([price, quantity]) => [Number(price), shown(quantity)]);
  return { freshness: 'LIVE', bids: side('bids'), asks: side('asks') };
}

async function nextWhere<T>(next: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await next();
    if (holds(value)) return value;
  }
}
