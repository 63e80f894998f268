import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@mib/testkit/fake-clock';
import { findSource, RATE_WINDOW_SECONDS, SourceHealth, STALE_AFTER_MS } from './source-health.ts';

const FEED = { id: 'feed', provider: 'Feed', kind: 'SIMULATED_VENUE', synthetic: true, continuous: true } as const;
const FILES = { ...FEED, id: 'files', kind: 'FILE_IMPORT', continuous: false } as const;

describe('the health of a source', () => {
  it('counts messages over the last seconds and forgets older ones', () => {
    using clock = new FakeClock();
    const health = new SourceHealth(FEED, clock.now);
    for (let second = 0; second < 20; second += 1) {
      health.received(30, 1);
      clock.advance(1_000);
    }
    expect(health.snapshot()).toMatchObject({ messages: 600, rejectedMessages: 20, messagesPerSecond: (30 * (RATE_WINDOW_SECONDS - 1)) / RATE_WINDOW_SECONDS });
    clock.advance(RATE_WINDOW_SECONDS * 1_000);
    expect(health.snapshot().messagesPerSecond).toBe(0);
  });

  it('is stale after a silence, live with the next message; a source that is asked never is', () => {
    using clock = new FakeClock();
    const [feed, files] = [new SourceHealth(FEED, clock.now), new SourceHealth(FILES, clock.now)];
    for (const health of [feed, files]) {
      health.setEnabled(true);
      health.live();
      health.received(1);
    }
    clock.advance(STALE_AFTER_MS);
    expect(feed.snapshot().state).toBe('LIVE');
    clock.advance(1);
    expect([feed.snapshot().state, files.snapshot().state]).toEqual(['STALE', 'LIVE']);
    feed.received(1);
    expect(feed.snapshot().state).toBe('LIVE');
  });

  it('counts one gap for an interruption, however often a new try fails, and one resync', () => {
    using clock = new FakeClock();
    const health = new SourceHealth(FEED, clock.now);
    health.live();
    for (const reason of ['gone', 'still gone', 'x'.repeat(1_000)]) {
      health.resyncing();
      health.interrupted(reason);
    }
    expect(health.snapshot()).toMatchObject({ state: 'BACKOFF', gapsDetected: 1, resyncs: 0, lastError: 'x'.repeat(300) });
    health.live();
    health.live();
    expect(health.snapshot()).toMatchObject({ state: 'LIVE', gapsDetected: 1, resyncs: 1 });
  });

  it('counts every gap of a book, and all of them as resynced once all books are whole', () => {
    using clock = new FakeClock();
    const health = new SourceHealth(FEED, clock.now);
    health.live();
    health.gapped('BTCUSDT: 7 after 5');
    health.gapped('ETHUSDT: checksum');
    health.checksumFailed();
    expect(health.snapshot()).toMatchObject({ state: 'RESYNCING', gapsDetected: 2, resyncs: 0, checksumFailures: 1, lastError: 'ETHUSDT: checksum' });
    health.live();
    expect(health.snapshot()).toMatchObject({ state: 'LIVE', gapsDetected: 2, resyncs: 2 });
    health.stale('silent');
    expect(health.snapshot()).toMatchObject({ state: 'STALE', lastError: 'silent' });
  });

  it('counts the gaps of books and failed checksums, and is stale when its connection says so', () => {
    using clock = new FakeClock();
    const health = new SourceHealth({ ...FEED, kind: 'LIVE_FEED' }, clock.now);
    health.live();
    health.gapped('BTC/USD: sequence 9 after 7');
    health.checksumFailed();
    health.gapped('BTC/USD: checksum 1, is 2');
    health.resyncing();
    expect(health.snapshot()).toMatchObject({ state: 'RESYNCING', gapsDetected: 2, resyncs: 0, checksumFailures: 1, lastError: 'BTC/USD: checksum 1, is 2' });
    health.live();
    expect(health.snapshot()).toMatchObject({ state: 'LIVE', resyncs: 2 });
    health.stale('silent for 30 s');
    expect(health.snapshot()).toMatchObject({ state: 'STALE', gapsDetected: 2 });
  });

  it('is disabled and enabled again', () => {
    using clock = new FakeClock();
    const health = new SourceHealth(FEED, clock.now);
    health.setEnabled(false);
    expect(health.snapshot()).toMatchObject({ enabled: false, state: 'DISABLED' });
    health.setEnabled(true);
    expect(health.snapshot()).toMatchObject({ enabled: true, state: 'CONNECTING', lastMessageMs: null });
    expect(() => findSource([health], 'nope')).toThrow('there is no data source "nope"');
  });
});
