import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { ConnectorOptions } from '../feed/contract.ts';
import { QUICK, runSocketSchedule } from '../feed/socket-schedule.ts';
import { TruthCheck } from '../feed/truth-check.ts';
import { openFakeKraken, type FakeKraken } from './fake-kraken.ts';
import { KRAKEN } from './kraken.ts';

const SOCKET_SCHEDULES = 24;

function connect(venue: FakeKraken, more: Partial<ConnectorOptions> = {}) {
  const symbols = more.symbols ?? [...venue.markets.keys()];
  const sink = new TruthCheck(venue.histories);
  const health = new SourceHealth({ id: 'kraken', provider: 'Kraken', kind: 'LIVE_FEED', synthetic: true, continuous: true }, Date.now);
  const connector = KRAKEN.start({ symbols, sink, health, clock: SYSTEM_CLOCK, random: createRandom(1), logger: createLogger('test', { level: 'silent' }), urls: venue.urls, bounds: QUICK, ...more });
  return { sink, health, connector, [Symbol.asyncDispose]: () => connector[Symbol.asyncDispose]() };
}

describe('the connector of Kraken', () => {
  it(`holds true books over real sockets in ${SOCKET_SCHEDULES} schedules of faults`, async () => {
    let gaps = 0;
    await Promise.all(Array.from({ length: 4 }, async (_, lane) => {
      for (let seed = 1 + lane; seed <= SOCKET_SCHEDULES; seed += 4) {
        await using venue = await openFakeKraken({ seed, symbols: ['BTC/USD', 'ETH/USD'] });
        const { sink, health } = await runSocketSchedule(KRAKEN, venue, seed);
        expect({ seed, problem: sink.problem }).toEqual({ seed, problem: undefined });
        gaps += health.snapshot().gapsDetected;
      }
    }));
    expect(gaps).toBeGreaterThan(SOCKET_SCHEDULES);
  });

  it('is STALE when the socket stays open and says nothing, and LIVE after a new connection', async () => {
    await using venue = await openFakeKraken({ seed: 5, symbols: ['BTC/USD'] });
    await using feed = connect(venue);
    await feed.sink.until(() => feed.sink.stateOf('BTC/USD') === 'LIVE');
    expect(feed.health.snapshot().state).toBe('LIVE');
    venue.server.silent = true;
    await feed.sink.until(() => feed.sink.stateOf('BTC/USD') === 'STALE');
    venue.server.silent = false;
    await feed.sink.until(() => feed.sink.stateOf('BTC/USD') === 'LIVE');
    expect(feed.sink.states.slice(0, 2)).toEqual(['BTC/USD SYNCING', 'BTC/USD LIVE']);
    expect(feed.sink.states.slice(-3)).toEqual(['BTC/USD STALE', 'BTC/USD RESYNCING', 'BTC/USD LIVE']);
    expect(feed.sink.problem).toBeUndefined();
  });

  it('asks for the trades that a reconnect left out, from where it was told to begin', async () => {
    await using venue = await openFakeKraken({ seed: 6, symbols: ['BTC/USD'] });
    const market = venue.markets.get('BTC/USD')!;
    while (market.trades.length < 5) venue.step();
    const [first] = market.trades;
    await using feed = connect(venue, { lastTrade: () => ({ id: first!.id, eventTimeNs: BigInt(first!.timeMs) * 1_000_000n }) });
    await feed.sink.until(() => feed.sink.stateOf('BTC/USD') === 'LIVE');
    const moving = setInterval(() => venue.step(), 2);
    await feed.sink.until(() => feed.sink.trades.length >= 15);
    venue.server.cut();
    await feed.sink.until(() => feed.sink.trades.length >= 40);
    clearInterval(moving);
    const ids = feed.sink.trades.map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => first!.id + 1 + index));
    expect(feed.sink.trades[0]).toMatchObject({ price: market.trades[1]!.price, quantity: market.trades[1]!.quantity });
    expect(feed.sink.bars.length).toBeGreaterThan(0);
  });

  it('says that a symbol is refused, keeps the others, and follows a change of symbols', async () => {
    await using venue = await openFakeKraken({ seed: 7, symbols: ['BTC/USD', 'ETH/USD'] });
    await using feed = connect(venue, { symbols: ['BTC/USD', 'FOO/BAR'] });
    await feed.sink.until(() => feed.sink.stateOf('BTC/USD') === 'LIVE' && feed.sink.stateOf('FOO/BAR') === 'STALE');
    expect(feed.health.snapshot().lastError).toMatch(/FOO\/BAR refused: Currency pair not supported FOO\/BAR/);
    feed.connector.setSymbols(['ETH/USD']);
    await feed.sink.until(() => feed.sink.stateOf('ETH/USD') === 'LIVE');
    expect([...feed.connector.states()]).toEqual([['ETH/USD', 'LIVE']]);
  });

  it("reads the venue's trading rules", async () => {
    await using venue = await openFakeKraken({ seed: 8, symbols: ['BTC/USD', 'ETH/USD'] });
    expect(await KRAKEN.instruments(['ETH/USD', 'NO/SUCH'], venue.urls)).toEqual([
      { symbol: 'ETH/USD', base: 'ETH', quote: 'USD', tickSize: '0.1', lotSize: '0.00000001', minQuantity: '0.00010000', minNotional: '0.50', trading: true },
    ]);
  });
});
