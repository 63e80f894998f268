// What the naive exchange knows: maps, lists and plain objects. Cash is BigInt, so nothing can overflow or be rounded
// unseen. Everything that can be worked out from something else is worked out again at every question.

import type { FeedState, InstrumentState, OrderType, SelfTradePrevention, Side, TimeInForce, TradingState } from '@mib/model/trading';
import { FIRST_USER_ACCOUNT, type CommandResult } from '@mib/proto/engine-commands';
import type { EngineEvent } from '@mib/proto/engine-events';

export interface NaiveInstrument {
  readonly number: number;
  readonly definition: string;
  readonly currency: string;
  readonly cashPerTickLot: bigint;
  state: InstrumentState;
  /** 0 before the first trade. */
  lastPrice: number;
  /** Price, lots, imbalance as last announced. */
  indicative: string;
  feedState: FeedState | null;
  /** 0 before the first print. */
  lastVenueTradeId: number;
}

export interface NaivePosition {
  lots: number;
  /** Cash held for lots sold short. */
  shortLock: bigint;
  /** Highest price among open sells, lowest among open buys, since there were none last; 0 while there are none. */
  highSell: number;
  lowBuy: number;
}

export interface NaiveAccount {
  readonly number: number;
  tradingState: TradingState;
  readonly cash: Map<string, bigint>;
  readonly positions: Map<number, NaivePosition>;
}

export interface NaiveOrder {
  readonly id: number;
  readonly account: number;
  readonly instrument: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  /** 0 for types without. */
  price: number;
  /** The total; filled is quantity less remaining. */
  quantity: number;
  remaining: number;
  /** Lots shown at once; 0 for all. */
  readonly display: number;
  /** Of remaining, what others see and trade first. */
  shown: number;
  /** Stop price, or a trailing stop's distance; 0 for types without. */
  trigger: number;
  /** Where a dormant order wakes; undefined for a trailing stop that has seen no trade. */
  wakesAt: number | undefined;
  isDormant: boolean;
  readonly expireMicros: number;
  readonly postOnly: boolean;
  readonly stp: SelfTradePrevention;
  readonly isVenueLevel: boolean;
  /** Order of arrival at its price. */
  turn: number;
}

/** An event before it has a sequence and a time. */
type Headless<T> = T extends EngineEvent ? Omit<T, 'sequence' | 'commandSequence' | 'timestampNs' | 'tradeId'> : never;
export type NaiveEvent = Headless<EngineEvent>;

export class NaiveState {
  readonly instruments = new Map<number, NaiveInstrument>();
  readonly accounts = new Map<number, NaiveAccount>();
  /** Open orders: resting and dormant. */
  orders: NaiveOrder[] = [];
  readonly cashScales = new Map<string, number>();
  /** By `account/instrument`; instrument 0 is every other. */
  readonly limits = new Map<string, { readonly maxPositionLots: number; readonly collarBasisPoints: number }>();
  /** By instrument; 0 is every other. */
  readonly fees = new Map<number, { readonly makerPpm: number; readonly takerPpm: number }>();
  globalTradingState: TradingState = 'ACTIVE';
  readonly remembered = new Map<string, { readonly terms: string; readonly result: CommandResult }>();
  /** Of the command being applied. */
  events: NaiveEvent[] = [];
  /** Trade prices that stops and indicative prices have yet to hear of, in order. */
  heard: { readonly instrument: number; readonly price: number }[] = [];
  #turns = 0;

  nextTurn(): number {
    return ++this.#turns;
  }

  account(number: number): NaiveAccount {
    return this.accounts.get(number)!;
  }

  /** Opens the account unless it is. */
  open(number: number): void {
    if (this.accounts.has(number)) return;
    this.accounts.set(number, { number, tradingState: 'ACTIVE', cash: new Map(), positions: new Map() });
    this.events.push({ kind: 'AccountOpened', accountNumber: number });
  }

  position(account: number, instrument: number): NaivePosition {
    const { positions } = this.account(account);
    if (!positions.has(instrument)) positions.set(instrument, { lots: 0, shortLock: 0n, highSell: 0, lowBuy: 0 });
    return positions.get(instrument)!;
  }

  cash(account: number, currency: string): bigint {
    return this.account(account).cash.get(currency) ?? 0n;
  }

  pay(account: number, currency: string, units: bigint): void {
    this.account(account).cash.set(currency, this.cash(account, currency) + units);
  }

  units(instrument: number, price: number, lots: number): bigint {
    return BigInt(price) * BigInt(lots) * this.instruments.get(instrument)!.cashPerTickLot;
  }

  resting(instrument: number, side: Side): NaiveOrder[] {
    const sign = side === 'BUY' ? -1 : 1;
    return this.orders
      .filter((order) => !order.isDormant && order.instrument === instrument && order.side === side)
      .sort((a, b) => sign * (a.price - b.price) || a.turn - b.turn);
  }

  /** Orders that one of `side` would meet within its bound, in the order of meeting them. */
  offers(instrument: number, side: Side, bound: number): NaiveOrder[] {
    return this.resting(instrument, opposite(side)).filter((order) => (side === 'BUY' ? order.price <= bound : order.price >= bound));
  }

  ownOpen(account: number, instrument: number, side: Side): NaiveOrder[] {
    return this.resting(instrument, side).filter((order) => order.account === account);
  }

  /** Puts an order that is not there into the book. */
  add(order: NaiveOrder): void {
    const position = this.position(order.account, order.instrument);
    if (order.side === 'BUY') position.lowBuy = position.lowBuy === 0 ? order.price : Math.min(position.lowBuy, order.price);
    else position.highSell = Math.max(position.highSell, order.price);
    this.orders.push(order);
  }

  remove(order: NaiveOrder): void {
    this.orders = this.orders.filter((one) => one !== order);
    const position = this.position(order.account, order.instrument);
    if (this.ownOpen(order.account, order.instrument, 'BUY').length === 0) position.lowBuy = 0;
    if (this.ownOpen(order.account, order.instrument, 'SELL').length === 0) position.highSell = 0;
  }

  /** `[price, shown lots, orders]`, best first. */
  levels(instrument: number, side: Side): (readonly [number, number, number])[] {
    const resting = this.resting(instrument, side);
    const prices = [...new Set(resting.map((order) => order.price))];
    return prices.map((price) => {
      const here = resting.filter((order) => order.price === price);
      return [price, sum(here.map((order) => order.shown)), here.length];
    });
  }
}

export function isUser(account: number): boolean {
  return account >= FIRST_USER_ACCOUNT;
}

export function opposite(side: Side): Side {
  return side === 'BUY' ? 'SELL' : 'BUY';
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
