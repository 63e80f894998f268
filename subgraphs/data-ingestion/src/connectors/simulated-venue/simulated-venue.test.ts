import { describe, expect, it } from '@jest/globals';
import type { CommandResult, EngineClient, EngineCommand } from '@mib/proto/engine-client';
import { createLogger } from '@mib/service/logger';
import { LADDER_LEVELS } from '../../domain/order-flow.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { startSimulatedVenue, type VenueSettings } from './simulated-venue.ts';

const STEP_MS = 100;
/** What the platform promises; the venue looks before every step. */
const NOTICED_WITHIN_MS = 2_000;
const CLOSES = Array.from({ length: 60 }, (_, day) => (100 + Math.sin(day)).toFixed(2));
const INSTRUMENT = { id: 'ABC.XSIM', number: 1, symbol: 'ABC', venueId: 'XSIM', name: null, assetClass: 'EQUITY', currency: 'USD', tickSize: '0.01', lotSize: '1', cashScale: 4, minNotional: null, tradable: true, isin: null, figi: null, cik: null } as Instrument;

describe('the simulated venue', () => {
  it('follows its rate while it runs', async () => {
    await using venue = await runVenue({ commandsPerSecond: 20, seed: 1 });
    expect(within(await venue.seconds(20), 20 * 20)).toBe(true);
    venue.settings = { commandsPerSecond: 200, seed: 1 };
    await venue.seconds(NOTICED_WITHIN_MS / 1_000);
    expect(within(await venue.seconds(20), 20 * 200)).toBe(true);
    venue.settings = { commandsPerSecond: 20, seed: 1 };
    await venue.seconds(NOTICED_WITHIN_MS / 1_000);
    expect(within(await venue.seconds(20), 20 * 20)).toBe(true);
    expect(venue.health.snapshot()).toMatchObject({ state: 'LIVE', gapsDetected: 0, resyncs: 0, rejectedMessages: 0 });
  });

  it('begins anew with another seed, and sends the same for the same', async () => {
    const paths = await Promise.all([1, 2, 2].map(async (next) => {
      await using venue = await runVenue({ commandsPerSecond: 20, seed: 1 });
      await venue.seconds(1);
      venue.settings = { commandsPerSecond: 20, seed: next };
      const from = venue.sent.length;
      await venue.seconds(5);
      return JSON.stringify(venue.sent.slice(from));
    }));
    expect(paths[1]).toBe(paths[2]);
    expect(paths[0]).not.toBe(paths[1]);
  });
});

/** The ladder moves in bursts, so a count is near its rate and not on it. */
function within(count: number, expected: number): boolean {
  return Math.abs(count - expected) <= expected * 0.1 + 4 * LADDER_LEVELS;
}

/** A venue on an engine that takes everything, in a time that moves step by step. */
async function runVenue(initial: VenueSettings) {
  const sent: EngineCommand[] = [];
  let nowMs = Date.UTC(2020, 3, 17, 20);
  let fallAsleep = (): void => undefined;
  let asleep = new Promise<void>((resolve) => (fallAsleep = resolve));
  let wake = (): void => undefined;
  const clock = {
    now: () => nowMs,
    sleep: (_ms: number, signal: AbortSignal) => new Promise<void>((resolve) => {
      wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      fallAsleep();
    }),
  };
  const engine = {
    submit: async (command: EngineCommand) => (sent.push(command), { code: 'OK' } as CommandResult),
    quotes: async () => [{ instrumentNumber: 1, bid: null, ask: null, last: null, eventSequence: 7, timestampNs: 0n }],
    books: async () => [{ instrumentNumber: 1, bids: [], asks: [], eventSequence: 7, timestampNs: 0n }],
  } as unknown as EngineClient;
  const health = new SourceHealth({ id: 'simulated-venue', provider: 'test', kind: 'SIMULATED_VENUE', synthetic: true, continuous: true }, clock.now);
  const venue = {
    sent,
    health,
    settings: initial,
    /** @returns how many commands were sent meanwhile. */
    async seconds(count: number): Promise<number> {
      const before = sent.length;
      for (let step = 0; step < (count * 1_000) / STEP_MS; step += 1) {
        await asleep;
        asleep = new Promise((resolve) => (fallAsleep = resolve));
        nowMs += STEP_MS;
        wake();
      }
      await asleep;
      return sent.length - before;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
  const running = startSimulatedVenue({ engine, instruments: async () => [{ instrument: INSTRUMENT, closes: CLOSES }], health, settings: () => venue.settings, clock, logger: createLogger('test', { level: 'silent' }) });
  await running.standing;
  return venue;
}
