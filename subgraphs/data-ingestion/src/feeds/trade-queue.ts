// The trades of one instrument on their way to the engine, in the venue's order, each once. The engine says which is the
// last that it has, also after this process or the engine was killed; what is older is dropped, what was on its way goes
// again. The connector sees to it that none is missing in between.

import { MAX_NUMBER, type PrintTrade } from '@mib/proto/engine-commands';
import type { FeedTrade } from '../connectors/feed/contract.ts';
import { readDigits, type Digits } from './digits.ts';
import type { FeedMarket } from './feed-market.ts';

/** Trades that wait for the engine; beyond, the oldest are given up and counted. */
export const MAX_WAITING_TRADES = 50_000;
/** A splice for each of many answers would move the whole queue each time. */
const SETTLED_AT_ONCE = 512;

export type Print = Omit<PrintTrade, 'kind' | 'accountNumber'>;

export interface TradeQueueHealth {
  received(count: number, rejected?: number): void;
  failed(reason: string): void;
}

export class TradeQueue {
  readonly #market: FeedMarket;
  readonly #health: TradeQueueHealth;
  readonly #digits: Digits = { units: 0, scale: 0 };
  #waiting: Print[] = [];
  /** Of the waiting ones: how many are on their way. */
  #sent = 0;
  /** Of those sent: how many have arrived and still stand there. */
  #settled = 0;
  /** The newest that waits or that the engine has; 0 before the first. */
  #lastId = 0;
  #lastTimeNs = 0n;
  #lastTicks = 0;
  #lastSide: 'BUY' | 'SELL' = 'BUY';

  constructor(market: FeedMarket, health: TradeQueueHealth) {
    this.#market = market;
    this.#health = health;
  }

  get hasUnsent(): boolean {
    return this.#sent < this.#waiting.length;
  }

  /** The newest trade that is known; null before the first. */
  get last(): { readonly id: number; readonly eventTimeNs: bigint } | null {
    return this.#lastId === 0 ? null : { id: this.#lastId, eventTimeNs: this.#lastTimeNs };
  }

  /** The engine has all trades through this one; all others go again, since nobody knows which of them have arrived. */
  known(venueTradeId: number, venueTimeNs: bigint): void {
    this.#sent = 0;
    this.#settled = 0;
    this.#waiting = this.#waiting.filter((print) => print.venueTradeId > venueTradeId);
    if (venueTradeId <= this.#lastId) return;
    this.#lastId = venueTradeId;
    this.#lastTimeNs = venueTimeNs;
  }

  /** A repeat is dropped, what the instrument's grid does not have is refused. @returns whether it is taken. */
  take(trade: FeedTrade): boolean {
    if (trade.id <= this.#lastId) return false;
    this.#lastId = trade.id;
    this.#lastTimeNs = trade.eventTimeNs;
    const print = this.#print(trade);
    if (!print) {
      this.#lose(`trade ${trade.id} of ${trade.quantity} at ${trade.price} is off the grid of the instrument`);
      return false;
    }
    this.#waiting.push(print);
    if (this.#waiting.length - this.#sent > MAX_WAITING_TRADES) {
      this.#waiting.splice(this.#sent, 1);
      this.#lose(`more than ${MAX_WAITING_TRADES} trades wait for the engine`);
    }
    return true;
  }

  /** The next of them, at most `most`, which count as sent then. */
  unsent(most: number): readonly Print[] {
    if (!this.hasUnsent || most <= 0) return [];
    const from = this.#sent;
    this.#sent = Math.min(this.#waiting.length, from + most);
    return this.#waiting.slice(from, this.#sent);
  }

  /** The oldest of those sent has arrived; answers come in the order of sending. */
  settled(): void {
    this.#settled++;
    if (this.#settled < SETTLED_AT_ONCE && this.#settled < this.#sent) return;
    this.#waiting.splice(0, this.#settled);
    this.#sent -= this.#settled;
    this.#settled = 0;
  }

  #print({ id, price, quantity, aggressor, eventTimeNs }: FeedTrade): Print | undefined {
    const digits = this.#digits;
    const { number, tick, lot } = this.#market;
    const priceTicks = readDigits(price, digits) ? tick.exact(digits) : -1;
    if (priceTicks < 1 || priceTicks > MAX_NUMBER || !readDigits(quantity, digits) || digits.units === 0) return undefined;
    const side = aggressor ?? this.#sideByTick(priceTicks);
    [this.#lastTicks, this.#lastSide] = [priceTicks, side];
    return {
      instrumentNumber: number, side, priceTicks, quantityLots: Math.min(lot.floor(digits), MAX_NUMBER),
      quantityUnits: digits.units, quantityScale: digits.scale, venueTradeId: id, venueTimeNs: String(eventTimeNs),
    };
  }

  /** The tick rule (Lee and Ready 1991): above the trade before it was bought, below sold, at the same price as that one. */
  #sideByTick(priceTicks: number): 'BUY' | 'SELL' {
    if (priceTicks === this.#lastTicks) return this.#lastSide;
    return priceTicks > this.#lastTicks ? 'BUY' : 'SELL';
  }

  #lose(reason: string): void {
    this.#health.received(0, 1);
    this.#health.failed(`${this.#market.symbol}: ${reason}`);
  }
}
