import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTimestamp } from '@mib/model/timestamp';
import { createLogger } from '@mib/service/logger';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { BookState, BookUpdate, FeedBar, FeedSink, FeedTrade } from '../feed/contract.ts';
import { alpacaConnector, type AlpacaCredentials } from './alpaca.ts';
import { decode } from './decode.ts';
import { startFakeAlpaca, type AlpacaFault, type FakeAlpaca } from './fake-alpaca.ts';

const BOUNDS = { silenceMs: 400, handshakeMs: 200, answerMs: 1_000, firstBackoffMs: 5, maxBackoffMs: 20 };
const CREDENTIALS = { key: 'key-of-tests', secret: 'secret-of-tests' };
const SYMBOLS = ['AAPL', 'BRK.B'];

describe('the Alpaca connector', () => {
  it('signs in, shows the best bid and ask in shares, and times with nanoseconds', async () => {
    await using venue = await startFakeAlpaca(SYMBOLS, CREDENTIALS, createRandom(1));
    await using feed = connect(venue);
    await feed.until(() => {
      venue.step();
      return feed.isLive() && feed.trades.get('AAPL')!.length > 0;
    });
    const [trade] = feed.trades.get('AAPL')!;
    expect(trade).toMatchObject({ aggressor: null, price: expect.stringMatching(/^\d+\.\d+$/) });
    expect(String(trade!.eventTimeNs).slice(-3)).toBe('123');
    await feed.until(() => SYMBOLS.every((symbol) => feed.equals(symbol)));
  });

  it.each<[AlpacaFault]>([['drop'], ['duplicate'], ['corrupt'], ['close'], ['silence'], ['slow-handshake']])('is whole again after %s, with the trades and bars that were missed', async (fault) => {
    await using venue = await startFakeAlpaca(SYMBOLS, CREDENTIALS, createRandom(2));
    await using feed = connect(venue);
    const settle = () => feed.until(() => {
      if (!feed.isLive()) venue.step();
      return feed.isLive();
    });
    await settle();
    venue.minute();
    await feed.until(() => SYMBOLS.every((symbol) => feed.bars.get(symbol)!.size === 1));
    if (fault === 'slow-handshake') venue.faults.push('close', 'slow-handshake');
    else venue.faults.push(fault);
    venue.step();
    if (fault !== 'drop' && fault !== 'duplicate') await feed.until(() => !feed.isLive());
    for (let minutes = 0; minutes < 5; minutes++) venue.minute();
    await settle();
    venue.step();
    await feed.until(() => SYMBOLS.every((symbol) => feed.equals(symbol) && feed.bars.get(symbol)!.size === 6));
    await feed.until(() => SYMBOLS.every((symbol) => feed.trades.get(symbol)!.length >= venueTape(venue, symbol, feed.trades.get(symbol)![0]!).length));
    for (const symbol of SYMBOLS) expect(tape(feed.trades.get(symbol)!)).toEqual(venueTape(venue, symbol, feed.trades.get(symbol)![0]!));
  });

  it('asks a new process only for the trades after the last that was stored', async () => {
    await using venue = await startFakeAlpaca(SYMBOLS, CREDENTIALS, createRandom(4));
    const stored = await (async () => {
      await using before = connect(venue);
      await before.until(() => {
        venue.step();
        return before.isLive() && before.trades.get('AAPL')!.length > 6;
      });
      return before.trades.get('AAPL')!;
    })();
    for (const known of [stored.length, stored.length - 1]) {
      for (let steps = 0; steps < 5; steps++) venue.step();
      await using after = connect(venue, CREDENTIALS, () => stored[known - 1]!);
      await after.until(() => {
        if (!after.isLive()) venue.step();
        return after.isLive() && known + after.trades.get('AAPL')!.length >= venueTape(venue, 'AAPL', stored[0]!).length;
      });
      expect(tape([...stored.slice(0, known), ...after.trades.get('AAPL')!])).toEqual(venueTape(venue, 'AAPL', stored[0]!));
    }
  });

  it('says that it is refused, and never shows the secret', async () => {
    await using venue = await startFakeAlpaca(SYMBOLS, CREDENTIALS, createRandom(3));
    await using feed = connect(venue, { key: 'key-of-tests', secret: 'wrong-secret' });
    await feed.until(() => feed.health.snapshot().lastError?.includes('402') ?? false);
    expect(feed.health.snapshot()).toMatchObject({ state: 'BACKOFF', lastError: 'venue refuses with 402: auth failed' });
    expect(JSON.stringify(feed.health.snapshot())).not.toContain('secret');
    expect(() => alpacaConnector(undefined).start({} as never)).toThrow('alpaca needs MIB_ALPACA_KEY and MIB_ALPACA_SECRET');
  });

  it('takes no frame for what it is not', () => {
    const frame = '[{"T":"q","S":"AAPL","bx":"V","bp":126.5,"bs":1,"ax":"V","ap":126.6,"as":2,"c":["R"],"z":"C","t":"2026-11-20T14:30:00.000007123Z"}]';
    fc.assert(fc.property(fc.oneof(fc.json(), fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, extra]) => frame.slice(0, at % frame.length) + extra + frame.slice((at % frame.length) + 1))), (text) => {
      try {
        for (const event of decode(text).events) if (event.kind === 'QUOTE') expect(Number(event.bid.price)).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect((error as Error).name).toBe('DecodeError');
      }
    }), { numRuns: 2_000 });
  });
});

/** Ids must rise; their values are ours. */
function tape(trades: readonly FeedTrade[]) {
  expect(trades.every(({ id }, index) => Number.isSafeInteger(id) && (index === 0 || id > trades[index - 1]!.id))).toBe(true);
  return trades.map(({ price, quantity, eventTimeNs }) => [price, quantity, eventTimeNs]);
}

/** What the venue printed from the time of `first` on. */
function venueTape(venue: FakeAlpaca, symbol: string, first: FeedTrade) {
  const printed = venue.stocks.get(symbol)!.trades.map(({ p, s, t }) => [String(p), String(s), parseTimestamp(t)] as const);
  return printed.filter(([, , timeNs]) => timeNs >= first.eventTimeNs);
}

function connect(venue: FakeAlpaca, credentials: AlpacaCredentials = CREDENTIALS, lastTrade: (symbol: string) => FeedTrade | null = () => null) {
  const states = new Map<string, BookState>();
  const books = new Map<string, BookUpdate>();
  const trades = new Map<string, FeedTrade[]>(SYMBOLS.map((symbol) => [symbol, []]));
  const bars = new Map<string, Map<bigint, FeedBar>>(SYMBOLS.map((symbol) => [symbol, new Map()]));
  const sink: FeedSink = {
    state: (symbol, state) => void states.set(symbol, state),
    book: (symbol, update) => void books.set(symbol, update),
    trade: (symbol, trade) => void trades.get(symbol)!.push(trade),
    bar: (symbol, bar) => void bars.get(symbol)!.set(bar.openTimeNs, bar),
  };
  const health = new SourceHealth({ id: 'alpaca', provider: 'Alpaca', kind: 'LIVE_FEED', synthetic: false, continuous: true }, Date.now);
  const running = alpacaConnector(credentials).start({
    symbols: SYMBOLS, sink, health, lastTrade, clock: SYSTEM_CLOCK, random: createRandom(1), logger: createLogger('test', { level: 'silent' }), urls: venue.urls, bounds: BOUNDS,
  });
  return {
    health, trades, bars,
    isLive: () => [...running.states().values()].every((state) => state === 'LIVE'),
    equals(symbol: string): boolean {
      const { bid, ask } = venue.stocks.get(symbol)!;
      const book = books.get(symbol);
      return JSON.stringify([book?.bids, book?.asks]) === JSON.stringify([[[String(bid[0]), String(bid[1] * 100)]], [[String(ask[0]), String(ask[1] * 100)]]]);
    },
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await delay(2);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
