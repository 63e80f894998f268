// The simulated venue: synthetic order flow around real history, sent into the engine like any outside feed. One loop:
//
//   synchronise ──► LIVE: step, submit, wait ──► engine gone: BACKOFF, wait, synchronise again ──► ... ──► withdraw
//        ▲──────────── settings changed ◄──┘
//
// It shows only levels of a bounded ladder, so nothing of it can rest for ever; what an earlier run left is withdrawn first.

import type { EngineClient, EngineCommand } from '@mib/proto/engine-client';
import { EngineUnavailableError } from '@mib/proto/engine-client';
import type { Logger } from '@mib/service/logger';
import type { Instrument } from '../../domain/instrument.ts';
import type { SourceHealth, SourceIdentity } from '../../domain/source-health.ts';
import { nextBackoffMs, type Clock } from '../clock.ts';
import { MAKER_ACCOUNT, openMarket, TAKER_ACCOUNT, toEngineCommand, type Market } from './market.ts';

export const SIMULATED_SOURCE: SourceIdentity = { id: 'simulated-venue', provider: 'Simulated venue (synthetic)', kind: 'SIMULATED_VENUE', synthetic: true, continuous: true };

export interface VenueSettings {
  /** For each instrument. */
  readonly commandsPerSecond: number;
  readonly seed: number;
}

export interface SimulatedVenueOptions {
  readonly engine: EngineClient;
  /** The instruments to make a market in, registered with the engine, each with its daily closes. */
  readonly instruments: () => Promise<readonly { readonly instrument: Instrument; readonly closes: readonly string[] }[]>;
  readonly health: SourceHealth;
  /** Asked before every step; other settings than before make the venue begin anew. */
  readonly settings: () => VenueSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SimulatedVenue extends AsyncDisposable {
  /** Resolves once the books stand for the first time, or the venue has been stopped. */
  readonly standing: Promise<void>;
}

const STEP_MS = 100;
/** Levels of a book that are searched for what an earlier run left; the engine's bound. */
const SEARCH_DEPTH = 1_000;
/** Withdrawing on the way out must not hold up a shutdown when the engine is gone. */
const WITHDRAW_TIMEOUT_MS = 2_000;
/** Markets at most; more tradable instruments are not simulated. */
export const MAX_MARKETS = 100;

export function startSimulatedVenue(options: SimulatedVenueOptions): SimulatedVenue {
  const stop = new AbortController();
  let stand = (): void => undefined;
  const standing = new Promise<void>((resolve) => (stand = resolve));
  const done = run(options, stop.signal, stand);
  return {
    standing,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
    },
  };
}

async function run(options: SimulatedVenueOptions, signal: AbortSignal, onStanding: () => void): Promise<void> {
  const { health, clock, logger } = options;
  let markets: readonly Market[] = [];
  for (let failures = 0; !signal.aborted; ) {
    try {
      const settings = options.settings();
      markets = await synchronise(options, settings);
      health.live();
      onStanding();
      failures = 0;
      await trade(options, markets, settings, signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof EngineUnavailableError)) logger.error({ err: error }, 'simulated venue failed');
      else if (failures === 0) logger.warn({ reason }, 'simulated venue lost the engine');
      health.interrupted(reason);
      await clock.sleep(nextBackoffMs(failures), signal);
      failures += 1;
    }
  }
  onStanding();
  await withdraw(options, markets);
}

/** Brings the books of all markets to the ladder, whatever is there now. */
async function synchronise(options: SimulatedVenueOptions, { commandsPerSecond, seed }: VenueSettings): Promise<readonly Market[]> {
  const { engine, health } = options;
  health.resyncing();
  await submitAll(options, [MAKER_ACCOUNT, TAKER_ACCOUNT].map((accountNumber) => ({ kind: 'OpenAccount', accountNumber })));
  const sources = (await options.instruments()).slice(0, MAX_MARKETS);
  const numbers = sources.map(({ instrument }) => instrument.number);
  if (numbers.length === 0) return [];
  const quotes = new Map((await engine.quotes(numbers)).map((quote) => [quote.instrumentNumber, quote]));
  const markets = sources.flatMap(({ instrument, closes }) => {
    const quote = quotes.get(instrument.number);
    if (!quote) return [];
    const market = openMarket({ instrument, closes, lastTradeTicks: quote.last?.priceTicks ?? null, commandsPerSecond, seed, eventSequence: quote.eventSequence });
    return market ? [market] : [];
  });
  const books = new Map((await engine.books(numbers, SEARCH_DEPTH)).map((book) => [book.instrumentNumber, book]));
  for (const { instrument, flow } of markets) {
    const book = books.get(instrument.number);
    const resting = { BUY: book?.bids.map(([price]) => price) ?? [], SELL: book?.asks.map(([price]) => price) ?? [] };
    await submitAll(options, flow.establish(resting).map((command) => toEngineCommand(instrument.number, command)));
  }
  return markets;
}

/** Returns when it is to stop or to begin anew. */
async function trade(options: SimulatedVenueOptions, markets: readonly Market[], { commandsPerSecond, seed }: VenueSettings, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  for (let lastMs = clock.now(); !signal.aborted; ) {
    await clock.sleep(STEP_MS, signal);
    const now = options.settings();
    if (signal.aborted || now.commandsPerSecond !== commandsPerSecond || now.seed !== seed) return;
    const nowMs = clock.now();
    const seconds = Math.max(0, nowMs - lastMs) / 1000;
    lastMs = nowMs;
    await submitAll(options, markets.flatMap(({ instrument, flow }) => flow.step(seconds).map((command) => toEngineCommand(instrument.number, command))));
  }
}

/** Leaves no stale price behind for users to hit. */
async function withdraw(options: SimulatedVenueOptions, markets: readonly Market[]): Promise<void> {
  const commands = markets.flatMap(({ instrument, flow }) => flow.withdraw().map((command) => toEngineCommand(instrument.number, command)));
  const deadline = new AbortController();
  try {
    await Promise.race([submitAll(options, commands), options.clock.sleep(WITHDRAW_TIMEOUT_MS, deadline.signal)]);
  } catch (error) {
    options.logger.warn({ err: error }, 'simulated venue could not withdraw its levels');
  } finally {
    deadline.abort();
  }
}

/** Sends in order over the client's one packed stream; the next step waits for all of these. */
async function submitAll({ engine, health }: SimulatedVenueOptions, commands: readonly EngineCommand[]): Promise<void> {
  const results = await Promise.all(commands.map((command) => engine.submit(command)));
  const denied = results.flatMap((result, index) => (result.code === 'OK' ? [] : [`${commands[index]!.kind}: ${result.code}`]));
  health.received(results.length, denied.length);
  if (denied[0] !== undefined) health.failed(denied[0]);
}
