// Follows the engine: a snapshot of every book, then each event after it, for ever. Everything live in this service comes
// from here. The client reconnects by itself; whether we are up to date is told by a heartbeat beside the event stream:
//
//   connect ─► instruments, quotes, books ─► events after the snapshot ─► publish what changed, command by command
//   every HEARTBEAT_MS: the engine's last event sequence; connected = we have seen what it said one beat ago

import type { EngineClient, EngineEvent } from '@mib/proto/engine-client';
import { LiveTopic } from '@mib/service/pubsub';
import type { Logger } from '@mib/service/logger';
import { freshnessOf, type Freshness } from '../domain/freshness.ts';
import { Market, sameQuote, toListing, tradeOf, type QuoteFacts, type SeenTrade } from '../domain/market.ts';
import { pause } from './pause.ts';

export interface EngineFollowerOptions {
  readonly engine: EngineClient;
  readonly staleAfterMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

/** A quote as it was published, with the freshness it had then. */
export interface LiveQuote {
  readonly facts: QuoteFacts;
  readonly freshness: Freshness;
}

const HEARTBEAT_MS = 500;
/** An engine that takes longer to answer counts as gone. */
const HEARTBEAT_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;
/** Levels a side in a snapshot; the engine's bound. */
const SNAPSHOT_DEPTH = 1_000;

export class EngineFollower implements AsyncDisposable {
  /** Every change of a best price, its size, the last trade or the freshness. */
  readonly quotes = new LiveTopic<LiveQuote>();
  /** Numbers of instruments whose book or freshness changed. */
  readonly books = new LiveTopic<number>();
  /** Every trade, once, in the engine's order. */
  readonly trades = new LiveTopic<SeenTrade>();
  readonly #options: EngineFollowerOptions;
  readonly #stop = new AbortController();
  #markets = new Map<number, Market>();
  #byId = new Map<string, Market>();
  #published = new Map<number, LiveQuote>();
  #touched = new Set<Market>();
  #sequence = 0;
  #synchronised = false;
  #connected = false;
  readonly #running: Promise<unknown>;

  constructor(options: EngineFollowerOptions) {
    this.#options = options;
    this.#running = Promise.all([this.#follow(), this.#beat()]);
  }

  /** The last event applied. */
  get sequence(): number {
    return this.#sequence;
  }

  /** True while events arrive without a gap. */
  get connected(): boolean {
    return this.#connected;
  }

  /** False until the first snapshot: nothing is known of any instrument before. */
  get synchronised(): boolean {
    return this.#synchronised;
  }

  market(instrumentId: string): Market | undefined {
    return this.#byId.get(instrumentId);
  }

  marketByNumber(instrumentNumber: number): Market | undefined {
    return this.#markets.get(instrumentNumber);
  }

  freshness({ eventTimeNs, feedState }: Pick<QuoteFacts, 'eventTimeNs' | 'feedState'>, hasOrders: boolean): Freshness {
    return freshnessOf({ connected: this.#connected, hasOrders, feedState, eventTimeNs }, this.#options.now(), this.#options.staleAfterMs);
  }

  live(market: Market): LiveQuote {
    const facts = market.quote();
    return { facts, freshness: this.freshness(facts, !market.book.isEmpty) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { engine, logger } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#takeSnapshot();
        for await (const { events } of engine.events({ after: this.#sequence, signal })) this.#apply(events);
      } catch (error) {
        this.#connected = false;
        if (!signal.aborted) logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'lost the engine, taking a new snapshot');
      }
      await pause(RETRY_MS, signal);
    }
  }

  /** Later events that one snapshot includes already are skipped by each market's own sequence. */
  async #takeSnapshot(): Promise<void> {
    const { engine, now } = this.#options;
    const { lastEventSequence } = await engine.status({ stateHash: false });
    const listings = (await engine.instruments()).map(toListing);
    const numbers = listings.map((listing) => listing.instrumentNumber);
    const quotes = new Map((numbers.length > 0 ? await engine.quotes(numbers) : []).map((quote) => [quote.instrumentNumber, quote]));
    const books = new Map((numbers.length > 0 ? await engine.books(numbers, SNAPSHOT_DEPTH) : []).map((book) => [book.instrumentNumber, book]));
    this.#markets = new Map();
    this.#byId = new Map();
    this.#published = new Map();
    for (const listing of listings) {
      const [quote, book] = [quotes.get(listing.instrumentNumber), books.get(listing.instrumentNumber)];
      this.#add(new Market(listing, now(), quote && book && { quote, book }));
    }
    this.#sequence = lastEventSequence;
    this.#synchronised = true;
    this.#connected = true;
    this.#publishTouched();
  }

  #add(market: Market): void {
    this.#markets.set(market.listing.instrumentNumber, market);
    this.#byId.set(market.listing.instrumentId, market);
    this.#touched.add(market);
  }

  #apply(events: readonly EngineEvent[]): void {
    const receivedMs = this.#options.now();
    let commandSequence = 0;
    for (const event of events) {
      if (event.sequence <= this.#sequence) continue;
      if (event.commandSequence !== commandSequence) this.#publishTouched();
      commandSequence = event.commandSequence;
      this.#sequence = event.sequence;
      this.#applyOne(event, receivedMs);
    }
    this.#publishTouched();
  }

  #applyOne(event: EngineEvent, receivedMs: number): void {
    if (event.kind === 'InstrumentRegistered' && !this.#markets.has(event.instrumentNumber)) this.#add(new Market(toListing(event), receivedMs));
    if (event.kind !== 'LevelChanged' && event.kind !== 'Trade' && event.kind !== 'InstrumentStateSet' && event.kind !== 'IndicativePriceChanged' && event.kind !== 'FeedStateSet') return;
    const market = this.#markets.get(event.instrumentNumber);
    if (!market) return;
    market.apply(event, receivedMs);
    if (event.kind === 'Trade') this.trades.publish(tradeOf(market.listing, event));
    this.#touched.add(market);
  }

  #publishTouched(): void {
    for (const market of this.#touched) {
      this.books.publish(market.listing.instrumentNumber);
      this.#publishQuote(market);
    }
    this.#touched.clear();
  }

  #publishQuote(market: Market): void {
    const number = market.listing.instrumentNumber;
    const before = this.#published.get(number);
    const live = this.live(market);
    if (before && before.freshness === live.freshness && sameQuote(before.facts, live.facts)) return;
    this.#published.set(number, live);
    this.quotes.publish(live);
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stop;
    for (let saidBefore = Infinity; !signal.aborted; await pause(HEARTBEAT_MS, signal)) {
      const said = await this.#ask();
      this.#connected = said !== undefined && this.#synchronised && this.#sequence >= Math.min(saidBefore, said);
      saidBefore = said ?? Infinity;
      this.#publishFreshness();
    }
  }

  /** @returns the engine's last event sequence, undefined when it does not answer in time. */
  async #ask(): Promise<number | undefined> {
    const timeout = new AbortController();
    const answer = this.#options.engine.status({ stateHash: false }).then((status) => (status.ready ? status.lastEventSequence : undefined), () => undefined);
    const said = await Promise.race([answer, pause(HEARTBEAT_TIMEOUT_MS, AbortSignal.any([timeout.signal, this.#stop.signal]))]);
    timeout.abort();
    return said ?? undefined;
  }

  /** Time alone makes a quote stale: readers hear of it. */
  #publishFreshness(): void {
    for (const [number, market] of this.#markets) {
      if (this.#published.get(number)?.freshness === this.live(market).freshness) continue;
      this.books.publish(number);
      this.#publishQuote(market);
    }
  }
}
