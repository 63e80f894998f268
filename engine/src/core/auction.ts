// An auction: while an instrument collects orders it tells the price at which they would trade, and when the collecting
// ends they do, all at that price, the best-priced and then the oldest first on both sides. There is no incoming order:
// the younger of two is called the taker, both pay the maker's fee, and nobody is kept from trading with himself.

import type { Charges } from './charges.ts';
import { AuctionPrice } from './auction-price.ts';
import { BUY_SIDE, LEVEL, LEVEL_WORDS, SELL_SIDE } from './books.ts';
import type { EventWriter } from './event-writer.ts';
import { INSTRUMENT } from './instruments.ts';
import { rememberTrade } from './last-trade.ts';
import { ORDER, ORDER_WORDS } from './order-arena.ts';
import type { State } from './state.ts';

export class Auction {
  readonly #state: State;
  readonly #events: EventWriter;
  readonly #charges: Charges;
  readonly #price = new AuctionPrice();

  constructor(state: State, events: EventWriter, charges: Charges) {
    this.#state = state;
    this.#events = events;
    this.#charges = charges;
  }

  /** Of the last `uncross`; 0 when nothing traded. */
  get priceTicks(): number {
    return this.#price.priceTicks;
  }

  get lots(): number {
    return this.#price.lots;
  }

  /** Tells the price of a collecting instrument when it is another than was told last. */
  announce(instrument: number): void {
    const { books, indicative, instruments } = this.#state;
    const price = this.#price;
    price.find(books, instrument, instruments.word(instrument, INSTRUMENT.LAST_PRICE));
    if (!indicative.set(instrument, price.priceTicks, price.lots, price.imbalanceLots)) return;
    this.#events.indicativePriceChanged(instruments.word(instrument, INSTRUMENT.NUMBER), price.priceTicks, price.lots, price.imbalanceLots);
  }

  /** Trades what the book of the instrument would at its auction price. O(crossing levels + trades). */
  uncross(instrument: number): void {
    const { books, instruments } = this.#state;
    this.#price.find(books, instrument, instruments.word(instrument, INSTRUMENT.LAST_PRICE));
    for (let left = this.#price.lots; left > 0; ) left -= this.#trade(instrument, this.#first(instrument, BUY_SIDE), this.#first(instrument, SELL_SIDE), left);
  }

  #first(instrument: number, side: number): number {
    const { books } = this.#state;
    return books.levelWords[books.side(instrument, side).bestLevel * LEVEL_WORDS + LEVEL.HEAD]!;
  }

  /** @returns lots traded. */
  #trade(instrument: number, buy: number, sell: number, left: number): number {
    const { accounts, books, instruments, stops } = this.#state;
    const words = books.orders.words;
    const lots = Math.min(left, words[buy * ORDER_WORDS + ORDER.REMAINING]!, words[sell * ORDER_WORDS + ORDER.REMAINING]!);
    const buyIsYounger = books.orders.idOf(buy) > books.orders.idOf(sell);
    const taker = (buyIsYounger ? buy : sell) * ORDER_WORDS;
    const maker = (buyIsYounger ? sell : buy) * ORDER_WORDS;
    const units = this.#units(instrument, this.#price.priceTicks, lots);
    const takerFee = this.#charges.ofMaker(instrument, words[taker + ORDER.ACCOUNT]!, units);
    const makerFee = this.#charges.ofMaker(instrument, words[maker + ORDER.ACCOUNT]!, units);
    const event = this.#events.trade(instruments.word(instrument, INSTRUMENT.NUMBER), words[taker + ORDER.SIDE]!, this.#price.priceTicks, lots);
    this.#events.tradeTaker(event, books.orders.idOf(taker / ORDER_WORDS), accounts.numberOf(words[taker + ORDER.ACCOUNT]!), words[taker + ORDER.REMAINING]! - lots);
    this.#events.tradeMaker(event, books.orders.idOf(maker / ORDER_WORDS), accounts.numberOf(words[maker + ORDER.ACCOUNT]!), words[maker + ORDER.REMAINING]! - lots);
    this.#events.tradeFees(event, takerFee, makerFee);
    this.#events.tradeInAuction(event);
    rememberTrade(instruments, this.#events.output, instrument, words[taker + ORDER.SIDE]!, this.#price.priceTicks, lots);
    this.#fill(buy, lots, buyIsYounger ? takerFee : makerFee);
    this.#fill(sell, lots, buyIsYounger ? makerFee : takerFee);
    stops.tradedAt(instrument, this.#price.priceTicks);
    return lots;
  }

  /** What the order had reserved at its own limit is what a short sale keeps locked besides its proceeds. */
  #fill(order: number, lots: number, fee: number): void {
    const { books, positions } = this.#state;
    const at = order * ORDER_WORDS;
    const words = books.orders.words;
    const side = words[at + ORDER.SIDE]!;
    const position = words[at + ORDER.POSITION]!;
    positions.fillAuctioned(position, side, this.#price.priceTicks, words[at + ORDER.PRICE]!, lots, fee);
    books.takeWhole(order, lots);
  }

  #units(instrument: number, price: number, lots: number): number {
    return price * lots * this.#state.instruments.number(instrument, INSTRUMENT.CASH_PER_TICK_LOT_NUMBER);
  }
}
