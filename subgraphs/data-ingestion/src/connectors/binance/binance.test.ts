import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { ConnectorOptions } from '../feed/contract.ts';
import { QUICK, runSocketSchedule } from '../feed/socket-schedule.ts';
import { TruthCheck } from '../feed/truth-check.ts';
import { BINANCE } from './binance.ts';
import { openFakeBinance, type FakeBinance } from './fake-binance.ts';

const SOCKET_SCHEDULES = 24;

function connect(venue: FakeBinance, more: Partial<ConnectorOptions> = {}) {
  const sink = new TruthCheck(venue.histories);
  const health = new SourceHealth({ id: 'binance', provider: 'Binance', kind: 'LIVE_FEED', synthetic: true, continuous: true }, Date.now);
  const connector = BINANCE.start({ symbols: [...venue.markets.keys()], sink, health, clock: SYSTEM_CLOCK, random: createRandom(1), logger: createLogger('test', { level: 'silent' }), urls: venue.urls, bounds: QUICK, ...more });
  return { sink, health, connector, [Symbol.asyncDispose]: () => connector[Symbol.asyncDispose]() };
}

describe('the connector of Binance', () => {
  it(`holds true books over real sockets in ${SOCKET_SCHEDULES} schedules of faults`, async () => {
    let gaps = 0;
    await Promise.all(Array.from({ length: 4 }, async (_, lane) => {
      for (let seed = 1 + lane; seed <= SOCKET_SCHEDULES; seed += 4) {
        await using venue = await openFakeBinance({ seed, symbols: ['BTCUSDT', 'ETHUSDT'] });
        const { sink, health } = await runSocketSchedule(BINANCE, venue, seed);
        expect({ seed, problem: sink.problem }).toEqual({ seed, problem: undefined });
        gaps += health.snapshot().gapsDetected;
      }
    }));
    expect(gaps).toBeGreaterThan(SOCKET_SCHEDULES);
  });

  it('is STALE when the socket stays open and pings but says nothing, and LIVE after a new connection', async () => {
    await using venue = await openFakeBinance({ seed: 5, symbols: ['BTCUSDT'] });
    await using feed = connect(venue);
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'LIVE');
    expect(feed.health.snapshot().state).toBe('LIVE');
    venue.server.silent = true;
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'STALE');
    expect(venue.pongs).toBeGreaterThan(0);
    venue.server.silent = false;
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'LIVE');
    expect(feed.sink.states).toEqual(['SYNCING', 'LIVE', 'STALE', 'RESYNCING', 'LIVE'].map((state) => `BTCUSDT ${state}`));
    expect(feed.sink.problem).toBeUndefined();
  });

  it('stays quiet for as long as a refusal says, and is not LIVE meanwhile', async () => {
    await using venue = await openFakeBinance({ seed: 6, symbols: ['BTCUSDT'] });
    venue.server.refusedRequests = { count: 1, status: 418, retryAfterSeconds: 0.4 };
    const startMs = Date.now();
    await using feed = connect(venue);
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'LIVE');
    expect(feed.health.snapshot().lastError).toMatch(/no snapshot of BTCUSDT: venue answered 418/);
    expect(feed.sink.states).toEqual(['BTCUSDT SYNCING', 'BTCUSDT LIVE']);
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(400);
    expect(venue.usedWeight).toBe(50);
  });

  it('moves to a new connection at once when the venue is about to shut down, and asks for the trades it missed', async () => {
    await using venue = await openFakeBinance({ seed: 7, symbols: ['BTCUSDT'] });
    const market = venue.markets.get('BTCUSDT')!;
    const first = market.lastTradeId + 1;
    await using feed = connect(venue, { lastTrade: () => ({ id: first - 1, eventTimeNs: 0n }) });
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'LIVE');
    const moving = setInterval(() => venue.step(), 2);
    await feed.sink.until(() => feed.sink.trades.length >= 10);
    venue.announceShutdown();
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'RESYNCING');
    await feed.sink.until(() => feed.sink.stateOf('BTCUSDT') === 'LIVE' && feed.sink.trades.length >= 30);
    clearInterval(moving);
    const ids = feed.sink.trades.map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => first + index));
    expect(feed.sink.bars.length).toBeGreaterThan(0);
    expect(feed.sink.problem).toBeUndefined();
  });

  it("reads the venue's trading rules", async () => {
    await using venue = await openFakeBinance({ seed: 8, symbols: ['BTCUSDT', 'ETHUSDT'] });
    expect(await BINANCE.instruments(['ETHUSDT'], venue.urls)).toEqual([
      { symbol: 'ETHUSDT', base: 'ETH', quote: 'USDT', tickSize: '0.01000000', lotSize: '0.00001000', minQuantity: '0.00001000', minNotional: '5.00000000', trading: true },
    ]);
    await expect(BINANCE.instruments(['NOSUCH'], venue.urls)).rejects.toThrow('venue answered 400');
  });
});
