// One account's history played again, day by day: flows and fills in the order of the engine, values at the end of each
// day of a range. Takes them one by one, so that a long history never has to be in memory at once.
//
//   entries ──► cash, quantities, lots ──end of day──► values at closes ──► returns

import { addDecimals, decimalToNumber, fromSteps, multiplyDecimals, subtractDecimals, ZERO, type Decimal } from '@mib/model/decimal';
import { NS_PER_MS } from '@mib/model/timestamp';
import { dayAfter, dayOfDate, type DayRange } from './calendar.ts';
import { CloseCursor, type ClosePoint } from './daily-closes.ts';
import type { InstrumentBook } from './instrument-book.ts';
import { cashPerTickLot, moneyOfCost, moneyOfUnits, type TradedInstrument } from './instrument.ts';
import type { CashFlowRow, FillRow } from './ledger.ts';
import { createLotMatcher, type LotMatcher, type LotMethod } from './lots.ts';
import { returnsOf, type DayValue, type Returns } from './returns.ts';

/** First and last day are included. */
export interface HistoryOptions extends DayRange {
  /** The day that is still going on. */
  readonly today: string;
  readonly baseCurrency: string;
  readonly method: LotMethod;
  readonly instruments: InstrumentBook;
  /** Oldest first, by instrument id; those of `fromDay` on and the last before. */
  readonly closes: ReadonlyMap<string, readonly ClosePoint[]>;
  /** Price of this moment, for a range that ends today; null without one. */
  readonly markOf: (instrument: TradedInstrument) => Decimal | null;
}

export interface AccountPerformance extends Returns {
  readonly days: number;
  /** After fees. */
  readonly realised: Decimal;
  readonly unrealised: Decimal;
  readonly fees: Decimal;
  readonly missingPrices: readonly TradedInstrument[];
  readonly missingRates: readonly string[];
}

/** What the account holds, or held, of one instrument. */
interface Holding {
  readonly instrument: TradedInstrument;
  readonly lots: LotMatcher;
  readonly closes: CloseCursor;
  quantityLots: bigint;
  feeUnits: bigint;
  lastFillDay: string;
  lastFillTicks: number;
}

export class AccountHistory {
  readonly #options: HistoryOptions;
  readonly #holdings = new Map<number, Holding>();
  readonly #cashUnits = new Map<string, bigint>();
  readonly #missingPrices = new Set<TradedInstrument>();
  readonly #missingRates = new Set<string>();
  readonly #days: DayValue[] = [];
  /** The range has begun once the day before it has ended. */
  #day: string | undefined;
  #valueBefore = 0;
  #realisedBefore = ZERO;
  #feesBefore = ZERO;
  #inflow = 0;
  #outflow = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** In the order of the engine's events; those behind the range are ignored. */
  flow({ currency, amountUnits, atNs }: CashFlowRow): void {
    if (!this.#moveTo(dayOf(atNs))) return;
    this.#addCash(currency, amountUnits);
    if (currency !== this.#options.baseCurrency) return;
    const amount = decimalToNumber(this.#money(amountUnits));
    if (amount > 0) this.#inflow += amount;
    else this.#outflow -= amount;
  }

  /** In the order of the engine's events, flows included. */
  fill({ instrumentNumber, side, priceTicks, quantityLots, feeUnits, atNs }: FillRow): void {
    const day = dayOf(atNs);
    if (!this.#moveTo(day)) return;
    const holding = this.#holding(instrumentNumber);
    holding.lots.apply({ side, priceTicks, quantityLots, timestampNs: atNs });
    const change = side === 'BUY' ? BigInt(quantityLots) : -BigInt(quantityLots);
    holding.quantityLots += change;
    holding.feeUnits += feeUnits;
    holding.lastFillDay = day;
    holding.lastFillTicks = priceTicks;
    this.#addCash(holding.instrument.currency, -change * BigInt(priceTicks) * cashPerTickLot(holding.instrument) - feeUnits);
  }

  finish(): AccountPerformance {
    const { throughDay } = this.#options;
    this.#moveTo(dayAfter(throughDay));
    const returns = returnsOf(this.#valueBefore, this.#days);
    const missingPrices = [...this.#missingPrices].sort((a, b) => (a.id < b.id ? -1 : 1));
    const missingRates = [...this.#missingRates].sort();
    const fees = subtractDecimals(this.#fees(), this.#feesBefore);
    return {
      ...returns,
      complete: returns.complete && missingPrices.length === 0 && missingRates.length === 0,
      days: this.#days.length,
      realised: subtractDecimals(subtractDecimals(this.#realised(), this.#realisedBefore), fees),
      unrealised: this.#unrealised(throughDay),
      fees,
      missingPrices,
      missingRates,
    };
  }

  /** Ends the days before `day`; false once `day` lies behind the range. */
  #moveTo(day: string): boolean {
    const { fromDay, throughDay } = this.#options;
    if (this.#day === undefined) {
      if (day < fromDay) return true;
      this.#begin(fromDay);
    }
    while (this.#day! < day && this.#day! <= throughDay) this.#endDay();
    return day <= throughDay;
  }

  #begin(fromDay: string): void {
    this.#valueBefore = this.#value(dayAfter(fromDay, -1));
    this.#realisedBefore = this.#realised();
    this.#feesBefore = this.#fees();
    this.#day = fromDay;
    [this.#inflow, this.#outflow] = [0, 0];
  }

  #endDay(): void {
    const day = this.#day!;
    this.#days.push({ day, value: this.#value(day), inflow: this.#inflow, outflow: this.#outflow, finished: day < this.#options.today });
    this.#day = dayAfter(day);
    [this.#inflow, this.#outflow] = [0, 0];
  }

  #value(day: string): number {
    let value: Decimal = this.#money(this.#cashUnits.get(this.#options.baseCurrency) ?? 0n);
    for (const [currency, units] of this.#cashUnits) if (units !== 0n && currency !== this.#options.baseCurrency) this.#missingRates.add(currency);
    for (const holding of this.#open()) value = addDecimals(value, multiplyDecimals(this.#price(holding, day), fromSteps(holding.quantityLots, holding.instrument.lotSize)));
    return decimalToNumber(value);
  }

  /** The mark of this moment, the close of the day or the latest before, or for want of any the account's own last fill. */
  #price(holding: Holding, day: string): Decimal {
    const { instrument, lastFillDay, lastFillTicks } = holding;
    const mark = day === this.#options.today ? this.#options.markOf(instrument) : null;
    if (mark) return mark;
    const close = holding.closes.at(day);
    if (close && close.day >= lastFillDay) return close.close;
    this.#missingPrices.add(instrument);
    return fromSteps(lastFillTicks, instrument.tickSize);
  }

  #realised(): Decimal {
    let realised = ZERO;
    for (const { instrument, lots } of this.#holdings.values()) if (this.#counts(instrument)) realised = addDecimals(realised, moneyOfCost(lots.state().realised, instrument));
    return realised;
  }

  #fees(): Decimal {
    let fees = ZERO;
    for (const { instrument, feeUnits } of this.#holdings.values()) if (this.#counts(instrument)) fees = addDecimals(fees, this.#money(feeUnits));
    return fees;
  }

  #unrealised(day: string): Decimal {
    let unrealised = ZERO;
    for (const holding of this.#open()) {
      const { instrument, lots, quantityLots } = holding;
      const cost = lots.state().lots.reduce((sum, lot) => sum + lot.cost, 0n);
      const value = multiplyDecimals(this.#price(holding, day), fromSteps(quantityLots, instrument.lotSize));
      unrealised = addDecimals(unrealised, subtractDecimals(value, moneyOfCost(cost, instrument)));
    }
    return unrealised;
  }

  /** Open positions that can be counted. */
  *#open(): Generator<Holding> {
    for (const holding of this.#holdings.values()) if (holding.quantityLots !== 0n && this.#counts(holding.instrument)) yield holding;
  }

  #counts({ currency }: TradedInstrument): boolean {
    if (currency !== this.#options.baseCurrency) this.#missingRates.add(currency);
    return currency === this.#options.baseCurrency;
  }

  #holding(instrumentNumber: number): Holding {
    const present = this.#holdings.get(instrumentNumber);
    if (present) return present;
    const { instruments, method, closes } = this.#options;
    const instrument = instruments.get(instrumentNumber);
    const holding: Holding = { instrument, lots: createLotMatcher(method), closes: new CloseCursor(closes.get(instrument.id) ?? []), quantityLots: 0n, feeUnits: 0n, lastFillDay: '', lastFillTicks: 0 };
    this.#holdings.set(instrumentNumber, holding);
    return holding;
  }

  #addCash(currency: string, units: bigint): void {
    this.#cashUnits.set(currency, (this.#cashUnits.get(currency) ?? 0n) + units);
  }

  #money(units: bigint): Decimal {
    const { instruments, baseCurrency } = this.#options;
    return moneyOfUnits(units, instruments.cashScale(baseCurrency));
  }
}

function dayOf(atNs: bigint): string {
  return dayOfDate(new Date(Number(atNs / NS_PER_MS)));
}
