// Gives every command to the core and to its naive twin and compares all there is: result, events in order, books,
// positions, cash and locks; and checks what must hold whatever either says. A difference is thrown with the script of
// commands that led to it.

import assert from 'node:assert/strict';
import type { CommandResult, JournalledCommand } from '@mib/proto/engine-commands';
import type { EngineEvent, IndicativePriceChanged, LevelChanged } from '@mib/proto/engine-events';
import { CoreDriver } from '../core-driver.ts';
import { NaiveExchange, type NaiveOutcome } from './naive-exchange.ts';
import { lockedCash } from './naive-money.ts';
import { isUser, sum, type NaiveEvent } from './naive-state.ts';
import { viewAccounts, viewBooks, viewQuotes } from '../views.ts';

const ALL_LEVELS = 1_000_000;

export class NaiveComparison {
  readonly driver = new CoreDriver();
  readonly naive = new NaiveExchange();
  /** Commands so far, as lines of a test. */
  readonly script: string[] = [];
  /** The books as LevelChanged events tell them: `[lots, orders]` by `instrument side price`. */
  readonly #told = new Map<string, readonly [number, number]>();
  /** Free cash by account and currency after the command before. */
  readonly #free = new Map<string, number>();
  #changedFees = false;
  #paidIn = 0;
  #lastEvent = 0;

  /** @throws with the script, when core and twin differ or an invariant is broken. */
  submit(command: JournalledCommand, afterNs = 1_000n): CommandResult {
    const { result } = this.step(command, afterNs);
    this.#scripted(() => this.compareState());
    return result;
  }

  /** The same without a look at the whole state. */
  step(command: JournalledCommand, afterNs: bigint): { readonly result: CommandResult; readonly eventBytes: Uint8Array } {
    if (command.kind === 'SetFees') this.#changedFees = true;
    this.script.push(`driver.submit(${JSON.stringify(command)}, undefined, ${afterNs}n);`);
    return this.#scripted(() => {
      const { result, events, eventBytes } = this.driver.submit(command, undefined, afterNs);
      const expected = this.naive.apply(command, result.sequence, this.driver.timeNs);
      if (command.kind === 'AdjustCash' && result.code === 'OK' && !result.replayed) this.#paidIn += command.amountUnits;
      this.#compareResult(result, expected);
      this.#compareEvents(result, events, expected);
      return { result, eventBytes };
    });
  }

  /** Books, accounts, and what must hold of them. */
  compareState(): void {
    this.#compareBooks();
    this.#compareAccounts();
    this.#changedFees = false;
  }

  #scripted<T>(compare: () => T): T {
    try {
      return compare();
    } catch (error) {
      throw new Error(`${(error as Error).message}\nscript:\n${this.script.join('\n')}`, { cause: error });
    }
  }

  #compareResult(result: CommandResult, expected: NaiveOutcome): void {
    const { lastEventSequence: _, ...rest } = result;
    assert.deepEqual(rest, expected.result, 'result');
  }

  /** What happened comes first, then the levels it changed, then indicative prices. */
  #compareEvents(result: CommandResult, events: readonly EngineEvent[], expected: NaiveOutcome): void {
    for (const event of events) assert.equal(event.sequence, ++this.#lastEvent, 'events are numbered without gaps');
    if (result.sequence === this.driver.core.lastCommandSequence) assert.equal(result.lastEventSequence, this.#lastEvent, 'the result names the last event');
    const phases = events.map(({ kind }) => (kind === 'LevelChanged' ? 1 : kind === 'IndicativePriceChanged' ? 2 : 0));
    assert.deepEqual(phases, [...phases].sort(), 'levels come after what changed them, indicative prices last');
    assert.deepEqual(events.filter(isTold).map((event) => headless(event, this.driver.timeNs)), expected.events.filter(isTold), 'events');
    assert.deepEqual(byInstrument(events).map((event) => headless(event, this.driver.timeNs)), byInstrument(expected.events), 'indicative prices');
    const levels = events.filter((event) => event.kind === 'LevelChanged');
    assert.equal(new Set(levels.map(keyOf)).size, levels.length, 'a level is told once a command');
    for (const level of levels) {
      if (level.orders === 0) this.#told.delete(keyOf(level));
      else this.#told.set(keyOf(level), [level.quantityLots, level.orders]);
    }
  }

  #compareBooks(): void {
    const { core } = this.driver;
    const naive = this.naive.state;
    const numbers = [...naive.instruments.keys()];
    const told = new Map<string, readonly [number, number]>();
    for (const book of viewBooks(core, numbers, ALL_LEVELS)) {
      const instrumentNumber = book.instrumentNumber;
      assert.deepEqual(book.bids, naive.levels(instrumentNumber, 'BUY'), `bids of ${instrumentNumber}`);
      assert.deepEqual(book.asks, naive.levels(instrumentNumber, 'SELL'), `asks of ${instrumentNumber}`);
      for (const [price, lots, orders] of book.bids) told.set(keyOf({ instrumentNumber, side: 'BUY', priceTicks: price }), [lots, orders]);
      for (const [price, lots, orders] of book.asks) told.set(keyOf({ instrumentNumber, side: 'SELL', priceTicks: price }), [lots, orders]);
      const isCrossed = book.bids.length > 0 && book.asks.length > 0 && book.bids[0]![0] >= book.asks[0]![0];
      assert.ok(!(isCrossed && naive.instruments.get(instrumentNumber)!.state === 'CONTINUOUS'), `the book of ${instrumentNumber} is crossed`);
    }
    assert.deepEqual(this.#told, told, 'LevelChanged events tell the book');
    for (const quote of viewQuotes(core, numbers)) {
      const known = naive.instruments.get(quote.instrumentNumber)!;
      assert.equal(quote.last?.priceTicks ?? 0, known.lastPrice, 'last price');
      assert.deepEqual([quote.feedState, quote.venueTradeId], [known.feedState, known.lastVenueTradeId], 'feed');
    }
  }

  #compareAccounts(): void {
    const naive = this.naive.state;
    const lots = new Map<number, number>();
    let cash = 0;
    const accounts = viewAccounts(this.driver.core, [...naive.accounts.keys()]);
    assert.equal(accounts.length, naive.accounts.size, 'accounts');
    for (const { accountNumber, cash: kept, positions } of accounts) {
      for (const currency of naive.cashScales.keys()) {
        const { totalUnits, lockedUnits } = kept.find((one) => one.currency === currency) ?? { totalUnits: 0, lockedUnits: 0 };
        assert.equal(totalUnits, Number(naive.cash(accountNumber, currency)), `cash of ${accountNumber} in ${currency}`);
        assert.equal(lockedUnits, Number(lockedCash(naive, accountNumber, currency)), `locked cash of ${accountNumber} in ${currency}`);
        if (isUser(accountNumber)) this.#compareFree(`${accountNumber} in ${currency}`, totalUnits - lockedUnits);
      }
      cash += sum(kept.map((one) => one.totalUnits));
      for (const position of positions) {
        const { instrumentNumber, quantityLots, openBuyLots, openSellLots } = position;
        lots.set(instrumentNumber, (lots.get(instrumentNumber) ?? 0) + quantityLots);
        const open = { quantityLots, openBuyLots, openSellLots };
        assert.deepEqual(open, this.#naivePosition(accountNumber, instrumentNumber), `position of ${accountNumber} in ${instrumentNumber}`);
      }
    }
    assert.equal(cash, this.#paidIn, 'cash is neither made nor lost');
    for (const [instrument, total] of lots) assert.equal(total, 0, `lots of ${instrument} are neither made nor lost`);
  }

  /** Only dearer fees may take free cash below zero, and nothing then takes more. */
  #compareFree(name: string, units: number): void {
    const before = this.#free.get(name) ?? 0;
    assert.ok(units >= Math.min(0, before) || this.#changedFees, `free cash of ${name} is ${units}, was ${before}`);
    this.#free.set(name, units);
  }

  #naivePosition(account: number, instrument: number): { quantityLots: number; openBuyLots: number; openSellLots: number } {
    const naive = this.naive.state;
    const open = (side: 'BUY' | 'SELL') => sum(naive.ownOpen(account, instrument, side).map((order) => order.remaining));
    return { quantityLots: naive.position(account, instrument).lots, openBuyLots: open('BUY'), openSellLots: open('SELL') };
  }
}

function isTold(event: EngineEvent | NaiveEvent): boolean {
  return event.kind !== 'LevelChanged' && event.kind !== 'IndicativePriceChanged';
}

function byInstrument<T extends EngineEvent | NaiveEvent>(events: readonly T[]): (T & { kind: 'IndicativePriceChanged' })[] {
  type Indicative = T & { kind: 'IndicativePriceChanged' } & Pick<IndicativePriceChanged, 'instrumentNumber'>;
  return events.filter((event): event is Indicative => event.kind === 'IndicativePriceChanged').sort((a, b) => a.instrumentNumber - b.instrumentNumber);
}

/** The event without sequence and time, which are checked here. */
function headless(event: EngineEvent, timeNs: bigint): object {
  const { sequence, commandSequence: _, timestampNs, ...rest } = event;
  assert.equal(timestampNs, timeNs, 'time of an event');
  if (rest.kind !== 'Trade') return rest;
  const { tradeId, ...trade } = rest;
  assert.equal(tradeId, sequence, 'a trade is named by its event');
  return trade;
}

function keyOf({ instrumentNumber, side, priceTicks }: Pick<LevelChanged, 'instrumentNumber' | 'side' | 'priceTicks'>): string {
  return `${instrumentNumber} ${side} ${priceTicks}`;
}
