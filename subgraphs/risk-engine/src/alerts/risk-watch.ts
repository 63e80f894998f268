// Watches leverage and value at risk on the engine's stream: a fill concerns its accounts, a move of a market all that hold
// the instrument. Concerned accounts gather while a round runs and are evaluated together, so a busy market costs a few
// reads a round, not one a tick; without events nothing runs.
//
//   events ──► concerned accounts ──round──► engine's accounts and quotes ──► leverage, VaR ──level changed──► alert-store

import { setTimeout as delay } from 'node:timers/promises';
import { FIRST_USER_ACCOUNT } from '@mib/proto/engine-commands';
import type { AccountSnapshot, EngineClient, EngineEvent, QuoteSnapshot } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import type pg from 'pg';
import type { Observation } from '../domain/alert.ts';
import type { InstrumentBook } from '../domain/instrument-book.ts';
import { valuePortfolio } from '../domain/portfolio.ts';
import { levelOf, type RiskLevel } from '../domain/risk-level.ts';
import { assess, profitsOf, type Assessment } from '../portfolio/assessment.ts';
import type { ReturnHistory } from '../portfolio/return-history.ts';
import { accountsByNumbers, allAccountNumbers } from '../store/account-store.ts';
import { metricKey, raiseObserved } from '../store/alert-store.ts';
import type { Telemetry } from '../telemetry.ts';

/** Accounts of one round: one read of the engine each for accounts and quotes. */
const ROUND_ACCOUNTS = 500;
/** Rounds follow each other no faster, and rest this many times as long as they took: bounds what a busy market costs. */
const ROUND_EVERY_MS = 250;
const REST_PER_WORK = 4;
const RETRY = { firstMs: 100, maxMs: 5_000 };
/** The leverage of an account whose equity is gone: finite, so that it fits every table. */
const NO_EQUITY = 1_000_000;

export interface RiskWatchOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'accounts' | 'quotes'>;
  readonly history: ReturnHistory;
  readonly instruments: () => InstrumentBook;
  readonly telemetry: Telemetry;
  readonly now: () => number;
}

export class RiskWatch implements AsyncDisposable {
  readonly #options: RiskWatchOptions;
  readonly #concerned = new Set<number>();
  /** Accounts by the instruments they hold, as of their last evaluation. */
  readonly #holders = new Map<number, Set<number>>();
  readonly #held = new Map<number, readonly number[]>();
  /** Levels as the alert store has them; what is not here is asked there. */
  readonly #levels = new Map<string, RiskLevel>();
  readonly #stopping = new AbortController();
  #rounds: Promise<void> = Promise.resolve();
  #running = false;

  constructor(options: RiskWatchOptions) {
    this.#options = options;
  }

  /** Looks at every account once: who holds what is known from then on. */
  async start(): Promise<void> {
    for (const number of await allAccountNumbers(this.#options.pool)) this.#concerned.add(number);
    this.#run();
  }

  take(events: readonly EngineEvent[]): void {
    for (const event of events) {
      if (event.kind === 'LevelChanged') this.#moved(event.instrumentNumber);
      if (event.kind !== 'Trade') continue;
      for (const number of [event.takerAccountNumber, event.makerAccountNumber]) if (number >= FIRST_USER_ACCOUNT) this.#concerned.add(number);
      this.#moved(event.instrumentNumber);
    }
    this.#run();
  }

  /** An account that has just become known. */
  concern(accountNumber: number): void {
    this.#concerned.add(accountNumber);
    this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#rounds;
  }

  #moved(instrumentNumber: number): void {
    for (const number of this.#holders.get(instrumentNumber) ?? []) this.#concerned.add(number);
  }

  #run(): void {
    if (this.#running || this.#concerned.size === 0) return;
    this.#running = true;
    this.#rounds = this.#evaluateAll().finally(() => (this.#running = false));
  }

  async #evaluateAll(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; this.#concerned.size > 0 && !signal.aborted; ) {
      const numbers = [...this.#concerned].slice(0, ROUND_ACCOUNTS);
      for (const number of numbers) this.#concerned.delete(number);
      try {
        const beganMs = this.#options.now();
        await this.#evaluate(numbers);
        failures = 0;
        const restMs = Math.max(ROUND_EVERY_MS, REST_PER_WORK * (this.#options.now() - beganMs));
        await delay(restMs, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        for (const number of numbers) this.#concerned.add(number);
        this.#options.telemetry.watchPostponed(error);
        await backOff(++failures, { ...RETRY, signal });
      }
    }
  }

  async #evaluate(numbers: readonly number[]): Promise<void> {
    const { pool, engine, telemetry } = this.#options;
    const snapshots = await engine.accounts(numbers);
    for (const snapshot of snapshots) this.#remember(snapshot);
    const instruments = [...new Set(snapshots.flatMap((snapshot) => this.#held.get(snapshot.accountNumber) ?? []))];
    const quotes = instruments.length === 0 ? [] : await engine.quotes(instruments);
    const observations = (await this.#observe(snapshots, quotes)).filter((each) => levelOf(each.metric, each.value) !== this.#levels.get(metricKey(each)));
    if (observations.length === 0) return telemetry.watched(numbers.length, []);
    const { levels, alerts } = await raiseObserved(pool, observations);
    observations.forEach((observation, index) => this.#levels.set(metricKey(observation), levels[index]!));
    telemetry.watched(numbers.length, alerts);
  }

  async #observe(snapshots: readonly AccountSnapshot[], quotes: readonly QuoteSnapshot[]): Promise<Observation[]> {
    const { pool, history, now } = this.#options;
    const quoteByNumber = new Map(quotes.map((quote) => [quote.instrumentNumber, quote]));
    const market = { instruments: this.#options.instruments(), quoteOf: (number: number) => quoteByNumber.get(number) ?? null };
    const currencies = new Map((await accountsByNumbers(pool, snapshots.map((snapshot) => snapshot.accountNumber))).map((account) => [account.number, account.baseCurrency]));
    const returns = await history.load([...quoteByNumber.keys()].flatMap((number) => market.instruments.byNumber(number)?.id ?? []));
    return snapshots.flatMap((snapshot) => {
      const currency = currencies.get(snapshot.accountNumber);
      // Of unknown accounts nobody could be told; they are concerned again when they become known.
      if (currency === undefined) return [];
      const valuation = valuePortfolio(snapshot, currency, market);
      if (valuation.kind === 'incomplete') return [];
      return observationsOf(snapshot.accountNumber, assess(valuation.portfolio, profitsOf(valuation.portfolio, returns)), now());
    });
  }

  #remember({ accountNumber, positions }: AccountSnapshot): void {
    for (const number of this.#held.get(accountNumber) ?? []) this.#holders.get(number)?.delete(accountNumber);
    const held = positions.filter((position) => position.quantityLots !== 0).map((position) => position.instrumentNumber);
    if (held.length === 0) this.#held.delete(accountNumber);
    else this.#held.set(accountNumber, held);
    for (const number of held) this.#holders.set(number, (this.#holders.get(number) ?? new Set()).add(accountNumber));
  }
}

function observationsOf(accountNumber: number, { leverage, varOfEquity }: Assessment, atMs: number): Observation[] {
  const observations: Observation[] = [{ accountNumber, metric: 'LEVERAGE', value: leverage ?? NO_EQUITY, atMs }];
  if (varOfEquity !== null) observations.push({ accountNumber, metric: 'VALUE_AT_RISK', value: varOfEquity, atMs });
  return observations;
}
