// One venue as a source of this service: its rules become instruments, its stream becomes the engine's books and trades.
//
//   switched on ─► rules of the venue (or the instruments of last time) ─► engine attached ─► connector ─► EngineFeed
//   switched off ─► connector closed ─► levels withdrawn

import type pg from 'pg';
import type { EngineClient } from '@mib/proto/engine-client';
import type { Logger } from '@mib/service/logger';
import { nextBackoffMs, type Clock } from '../connectors/clock.ts';
import type { ConnectorKind, FeedBar, FeedUrls, VenueInstrument } from '../connectors/feed/contract.ts';
import { FeedError } from '../connectors/feed/feed-error.ts';
import type { RunningSource, SourceDefinition } from '../data-sources.ts';
import { instrumentId } from '../domain/instrument.ts';
import { FieldWatch, type Drift, type MessageFields } from '../domain/quality/schema-drift.ts';
import type { Random } from '../domain/random.ts';
import type { SourceHealth } from '../domain/source-health.ts';
import type { Venue } from '../domain/venue.ts';
import type { InstrumentStore } from '../store/instruments.ts';
import { EngineFeed } from './engine-feed.ts';
import { FeedBars } from './feed-bars.ts';
import { definitionOf, platformSymbol, type VenueOfFeed } from './feed-instruments.ts';
import { feedMarket, type FeedMarket } from './feed-market.ts';
import type { MarketFeedSettings } from './feed-settings.ts';

/** A venue that a live feed may come from. */
export interface FeedVenue extends VenueOfFeed {
  readonly venue: Venue;
  readonly name: string;
  /** How its protocol is spoken, with the credentials of the settings where it wants some. */
  readonly connector: (settings: MarketFeedSettings) => ConnectorKind;
  /** Of the engine's participant; no two venues share one. */
  readonly accountNumber: number;
  /** Whether its finished bars are stored as history; candles of trades are made elsewhere. */
  readonly keepsBars: boolean;
  /** Fields of its messages by kind, to notice when they change. */
  readonly messageFields?: Readonly<Record<string, MessageFields>>;
}

export interface MarketFeedDependencies {
  readonly engine: EngineClient;
  readonly instruments: InstrumentStore;
  /** Makes all instruments known to the engine. */
  readonly register: () => Promise<unknown>;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export function marketFeed(settings: MarketFeedSettings, venue: FeedVenue, dependencies: MarketFeedDependencies): SourceDefinition {
  return {
    identity: { id: settings.provider, provider: venue.name, kind: 'LIVE_FEED', synthetic: false, continuous: true },
    enabledByDefault: settings.enabled,
    start: (health) => startMarketFeed(settings, venue, dependencies, health),
  };
}

function startMarketFeed(settings: MarketFeedSettings, venue: FeedVenue, dependencies: MarketFeedDependencies, health: SourceHealth): RunningSource {
  const stop = new AbortController();
  const done = run(settings, venue, dependencies, health, stop.signal).catch((error: unknown) => {
    health.failed((error as Error).message);
    dependencies.logger.error({ err: error, source: settings.provider }, 'feed failed');
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await done;
    },
  };
}

async function run(settings: MarketFeedSettings, venue: FeedVenue, dependencies: MarketFeedDependencies, health: SourceHealth, signal: AbortSignal): Promise<void> {
  const { engine, clock, random, register } = dependencies;
  const logger = dependencies.logger.child({ source: settings.provider });
  const connector = venue.connector(settings);
  const urls = { ...connector.urls, ...given(settings.urls) };
  const markets = await openMarkets(settings, venue, (symbols) => connector.instruments(symbols, urls), dependencies, health, signal);
  if (signal.aborted) return;
  const drifted = (drift: Drift): void => {
    health.drifted();
    logger.warn(drift, 'the messages of a feed have changed');
  };
  await using bars = new FeedBars({ pool: dependencies.pool, health, clock, logger });
  const onBar = (market: FeedMarket, bar: FeedBar): void => {
    if (venue.keepsBars) bars.add(market.instrument, bar);
  };
  await using feed = new EngineFeed({ engine, accountNumber: venue.accountNumber, markets, register, onBar, health, clock, logger });
  await Promise.race([feed.attachedOnce, aborted(signal)]);
  if (signal.aborted) return;
  await using _running = connector.start({
    symbols: markets.map(({ symbol }) => symbol), sink: feed, lastTrade: (symbol) => feed.lastTrade(symbol), health, clock, random, logger, urls,
    ...(venue.messageFields && { fields: new FieldWatch(venue.messageFields, drifted) }),
  });
  await aborted(signal);
}

/** Asks the venue until it answers; where every instrument is known from before, one refusal is enough to go on without. */
async function openMarkets(settings: MarketFeedSettings, venue: FeedVenue, ask: Ask, { instruments, clock, logger }: MarketFeedDependencies, health: SourceHealth, signal: AbortSignal): Promise<readonly FeedMarket[]> {
  await instruments.addVenue(venue.venue);
  for (let failures = 0; !signal.aborted; failures++) {
    const refusal = await ask(settings.symbols).then(
      (rules) => addInstruments(rules, venue, instruments, health),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const markets = await knownMarkets(settings, venue, instruments);
    if (markets.length === settings.symbols.length || (refusal === undefined && markets.length > 0)) {
      const unknown = settings.symbols.filter((symbol) => !markets.some((market) => market.symbol === symbol));
      if (unknown.length > 0) health.failed(`${venue.name} knows no ${unknown.join(' ')}`);
      return markets;
    }
    const reason = refusal ?? `${venue.name} knows no ${settings.symbols.join(' ')}`;
    health.interrupted(reason);
    if (failures === 0) logger.warn({ source: settings.provider, reason }, 'venue does not tell its trading rules');
    await clock.sleep(nextBackoffMs(failures), signal);
  }
  return [];
}

type Ask = (symbols: readonly string[]) => Promise<readonly VenueInstrument[]>;

/** Those whose rules make no instrument are left out, and said. */
async function addInstruments(rules: readonly VenueInstrument[], venue: FeedVenue, instruments: InstrumentStore, health: SourceHealth): Promise<undefined> {
  const known = await instruments.all();
  for (const rule of rules) {
    try {
      await instruments.add(definitionOf(rule, venue, known));
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      health.failed(error.message);
    }
  }
}

async function knownMarkets(settings: MarketFeedSettings, venue: FeedVenue, instruments: InstrumentStore): Promise<readonly FeedMarket[]> {
  const found = new Map((await instruments.byIds(settings.symbols.map((symbol) => instrumentId(platformSymbol(symbol), venue.id)))).map((instrument) => [instrument.symbol, instrument]));
  return settings.symbols.flatMap((symbol) => {
    const instrument = found.get(platformSymbol(symbol));
    return instrument ? [feedMarket(symbol, instrument)] : [];
  });
}

function given(urls: MarketFeedSettings['urls']): Partial<FeedUrls> {
  return { ...(urls?.stream !== undefined && { stream: urls.stream }), ...(urls?.rest !== undefined && { rest: urls.rest }) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
}
