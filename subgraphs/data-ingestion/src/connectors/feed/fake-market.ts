// A market for the fake venues: the truth that a connector's book is compared with. It is written as plainly as can be, maps
// sorted whenever somebody asks, so that it shares nothing with the books it judges. Synthetic, the same for the same seed.

import { nextInteger, type Random } from '../../domain/random.ts';
import type { PriceLevel } from './contract.ts';

export interface FakeMarketOptions {
  readonly random: Random;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Levels a side that the market keeps, about. */
  readonly levels: number;
  readonly midTicks: number;
  /** Changes of one step, at most. */
  readonly maxChanges: number;
}

export interface FakeTrade {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly buyerIsMaker: boolean;
  readonly timeMs: number;
}

export interface FakeStep {
  /** Numbers of the first and last change of this step. */
  readonly first: number;
  readonly last: number;
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
  readonly trades: readonly FakeTrade[];
}

type Side = 'bids' | 'asks';

/** Trades that can still be asked for. */
const KEPT_TRADES = 10_000;
const TRADE_SHARE = 0.3;
const REMOVE_SHARE = 0.3;
const MID_STEP_SHARE = 0.2;

export class FakeMarket {
  readonly #options: FakeMarketOptions;
  readonly #sides: Readonly<Record<Side, Map<number, number>>> = { bids: new Map(), asks: new Map() };
  readonly trades: FakeTrade[] = [];
  #midTicks: number;
  /** The number of the last change. */
  updateId = 1_000;
  #tradeId = 500;

  constructor(options: FakeMarketOptions) {
    this.#options = options;
    this.#midTicks = options.midTicks;
    for (let depth = 1; depth <= options.levels; depth += 1) {
      this.#sides.bids.set(this.#midTicks - depth, this.#units());
      this.#sides.asks.set(this.#midTicks + depth, this.#units());
    }
  }

  get lastTradeId(): number {
    return this.#tradeId;
  }

  /** Lets the market move once; at least one change. */
  step(timeMs: number): FakeStep {
    const { random, maxChanges } = this.#options;
    const changes: Record<Side, PriceLevel[]> = { bids: [], asks: [] };
    const first = this.updateId + 1;
    if (random() < MID_STEP_SHARE) this.#moveMid(changes);
    for (let count = nextInteger(random, 1, maxChanges); count > 0; count -= 1) this.#change(changes);
    this.updateId += changes.bids.length + changes.asks.length;
    const trades = random() < TRADE_SHARE ? [this.#trade(timeMs)] : [];
    return { first, last: this.updateId, bids: changes.bids, asks: changes.asks, trades };
  }

  /** Best first, at most `depth`. */
  levels(side: Side, depth = Infinity): PriceLevel[] {
    const sorted = [...this.#sides[side].keys()].sort((a, b) => (side === 'bids' ? b - a : a - b));
    return sorted.slice(0, depth).map((ticks) => this.#level(ticks, this.#sides[side].get(ticks)!));
  }

  has(side: Side, price: string): boolean {
    return this.#sides[side].has(Number(price.replace('.', '')));
  }

  #change(changes: Record<Side, PriceLevel[]>): void {
    const { random, levels } = this.#options;
    const side: Side = random() < 0.5 ? 'bids' : 'asks';
    const distance = nextInteger(random, 1, Math.ceil(levels * 1.2));
    const ticks = side === 'bids' ? this.#midTicks - distance : this.#midTicks + distance;
    // A side is never emptied: a book without prices would prove nothing.
    const remove = random() < REMOVE_SHARE && this.#sides[side].size > levels / 2;
    this.#set(side, ticks, remove ? 0 : this.#units(), changes);
  }

  /** Moves the middle by a tick; what would cross it leaves first. */
  #moveMid(changes: Record<Side, PriceLevel[]>): void {
    const up = this.#options.random() < 0.5;
    this.#midTicks += up ? 1 : -1;
    const side: Side = up ? 'asks' : 'bids';
    if (this.#sides[side].has(this.#midTicks)) this.#set(side, this.#midTicks, 0, changes);
    if (this.#sides[side].size === 0) this.#set(side, this.#midTicks + (up ? 1 : -1), this.#units(), changes);
  }

  #set(side: Side, ticks: number, units: number, changes: Record<Side, PriceLevel[]>): void {
    if (units === 0) this.#sides[side].delete(ticks);
    else this.#sides[side].set(ticks, units);
    changes[side].push(this.#level(ticks, units));
  }

  #trade(timeMs: number): FakeTrade {
    const { random, priceDecimals, quantityDecimals } = this.#options;
    this.#tradeId += 1;
    const buyerIsMaker = random() < 0.5;
    const price = this.#text(this.#midTicks + (buyerIsMaker ? -1 : 1), priceDecimals);
    const trade = { id: this.#tradeId, price, quantity: this.#text(this.#units(), quantityDecimals), buyerIsMaker, timeMs };
    this.trades.push(trade);
    if (this.trades.length > KEPT_TRADES) this.trades.shift();
    return trade;
  }

  #units(): number {
    return nextInteger(this.#options.random, 1, 99_999_999);
  }

  #level(ticks: number, units: number): PriceLevel {
    return [this.#text(ticks, this.#options.priceDecimals), this.#text(units, this.#options.quantityDecimals)];
  }

  #text(count: number, decimals: number): string {
    const digits = String(count).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  }
}
