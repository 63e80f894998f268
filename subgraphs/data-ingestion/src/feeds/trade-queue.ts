// The trades of one instrument on their way to the engine, in the venue's order, each once. The engine knows the last one
// it has, also when this process was killed; where the venue numbers its trades one by one, those that are missing in
// between are asked of the venue before later ones go on.
//
//   take ─► (a gap: later ones are held, the missing ones fetched) ─► waiting ─► unsent ─► settled

import type { PrintTrade } from '@mib/proto/engine-commands';
import type { FeedTrade } from '../connectors/feed/contract.ts';
import { MAX_NUMBER } from '@mib/proto/engine-commands';
import { readDigits, type Digits } from './digits.ts';
import type { FeedMarket } from './feed-market.ts';

/** Trades that wait for the engine, or for older ones; beyond, the oldest are given up and counted. */
export const MAX_WAITING_TRADES = 50_000;
/** More missing than this are not asked for: the venue would have to be read for hours. */
export const MAX_MISSING_TRADES = 20_000;
const MAX_FETCHES = 3;
/** A splice for each of many answers would move the whole queue each time. */
const SETTLED_AT_ONCE = 512;

export type Print = Omit<PrintTrade, 'kind' | 'accountNumber'>;

interface Health {
  received(count: number, rejected?: number): void;
  failed(reason: string): void;
}

export class TradeQueue {
  readonly #market: FeedMarket;
  readonly #health: Health;
  readonly #digits: Digits = { units: 0, scale: 0 };
  #waiting: Print[] = [];
  /** Of the waiting ones: how many are on their way. */
  #sent = 0;
  /** Of those sent: how many have arrived and still stand there. */
  #settled = 0;
  /** The newest that waits or that the engine has; 0 before the first. */
  #lastId = 0;
  /** Whether the engine has said what it knows. */
  #isKnown = false;
  #held: FeedTrade[] | undefined;
  #lastTicks = 0;
  #lastSide: 'BUY' | 'SELL' = 'BUY';

  constructor(market: FeedMarket, health: Health) {
    this.#market = market;
    this.#health = health;
  }

  get hasUnsent(): boolean {
    return this.#sent < this.#waiting.length;
  }

  /** The engine has all trades through this one. */
  known(venueTradeId: number): void {
    this.#isKnown = true;
    this.resend();
    this.#waiting = this.#waiting.filter((print) => print.venueTradeId > venueTradeId);
    this.#lastId = Math.max(this.#lastId, venueTradeId);
  }

  /** Nobody knows which of those sent have arrived: all go again, and the engine takes each once. */
  resend(): void {
    this.#waiting.splice(0, this.#settled);
    this.#settled = 0;
    this.#sent = 0;
  }

  /** @param onReady - called when trades became ready later than in this call. */
  take(trade: FeedTrade, signal: AbortSignal, onReady: () => void): void {
    if (this.#held) return this.#hold(trade);
    const id = this.#idOf(trade);
    if (this.#isGap(id)) {
      this.#held = [trade];
      void this.#fetch(id, signal, onReady);
    } else this.#add(id, trade);
  }

  /** Asks for what happened while nobody listened. */
  catchUp(signal: AbortSignal, onReady: () => void): void {
    if (this.#held || this.#lastId === 0 || this.#market.tradesAfter === undefined) return;
    this.#held = [];
    void this.#fetch(undefined, signal, onReady);
  }

  /** The next of them, at most `most`, which count as sent then. */
  unsent(most: number): readonly Print[] {
    if (!this.#isKnown || !this.hasUnsent || most <= 0) return [];
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

  #isGap(id: number): boolean {
    const { tradeIds, tradesAfter } = this.#market;
    return tradeIds === 'CONSECUTIVE' && tradesAfter !== undefined && this.#lastId > 0 && id > this.#lastId + 1;
  }

  async #fetch(before: number | undefined, signal: AbortSignal, onReady: () => void): Promise<void> {
    const { symbol, tradesAfter } = this.#market;
    const missing = before === undefined ? 0 : before - this.#lastId - 1;
    let found: readonly FeedTrade[] = [];
    for (let tries = 1; missing <= MAX_MISSING_TRADES && tries <= MAX_FETCHES && !signal.aborted; tries++) {
      try {
        found = await tradesAfter!(this.#lastId, signal);
        break;
      } catch (error) {
        this.#health.failed(`${symbol}: missing trades: ${(error as Error).message}`);
      }
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const trade of [...found, ...held]) {
      const id = this.#idOf(trade);
      if (id > this.#lastId + 1 && this.#market.tradeIds === 'CONSECUTIVE') this.#miss(id - this.#lastId - 1);
      this.#add(id, trade);
    }
    if (!signal.aborted) onReady();
  }

  #hold(trade: FeedTrade): void {
    this.#held!.push(trade);
    if (this.#held!.length <= MAX_WAITING_TRADES) return;
    this.#held!.shift();
    this.#miss(1);
  }

  #miss(count: number): void {
    this.#health.received(0, count);
    this.#health.failed(`${this.#market.symbol}: ${count} trades are missing`);
  }

  /** Ids without order get one: the microsecond, or the next number when that is taken. */
  #idOf({ id, eventTimeNs }: FeedTrade): number {
    return this.#market.tradeIds === 'CONSECUTIVE' ? Number(id) : Math.max(this.#lastId + 1, Number(eventTimeNs / 1_000n));
  }

  #add(id: number, trade: FeedTrade): void {
    if (id <= this.#lastId) return;
    const print = Number.isSafeInteger(id) ? this.#print(id, trade) : undefined;
    if (!print) {
      this.#health.received(0, 1);
      return this.#health.failed(`${this.#market.symbol}: trade ${trade.id} of ${trade.quantity} at ${trade.price} is off the grid of the instrument`);
    }
    this.#lastId = id;
    this.#waiting.push(print);
    if (this.#waiting.length - this.#sent <= MAX_WAITING_TRADES) return;
    this.#waiting.splice(this.#sent, 1);
    this.#miss(1);
  }

  #print(venueTradeId: number, { price, quantity, aggressor, eventTimeNs }: FeedTrade): Print | undefined {
    const digits = this.#digits;
    const { number, tick, lot } = this.#market;
    const priceTicks = readDigits(price, digits) ? tick.exact(digits) : -1;
    if (priceTicks < 1 || priceTicks > MAX_NUMBER || !readDigits(quantity, digits) || digits.units === 0) return undefined;
    const side = aggressor ?? this.#sideByTick(priceTicks);
    [this.#lastTicks, this.#lastSide] = [priceTicks, side];
    return {
      instrumentNumber: number, side, priceTicks, quantityLots: Math.min(lot.floor(digits), MAX_NUMBER),
      quantityUnits: digits.units, quantityScale: digits.scale, venueTradeId, venueTimeNs: String(eventTimeNs),
    };
  }

  /** The tick rule (Lee and Ready 1991): above the trade before it was bought, below sold, at the same price as that one. */
  #sideByTick(priceTicks: number): 'BUY' | 'SELL' {
    if (priceTicks === this.#lastTicks) return this.#lastSide;
    return priceTicks > this.#lastTicks ? 'BUY' : 'SELL';
  }
}
