// The exchange as one would write it in an afternoon: lists, sorting, plain objects, no gate. Slow and obviously right,
// it is what the core is compared with in tests.

import type { Side } from '@mib/model/trading';
import type { PlaceOrder, SetVenueLevel } from '@mib/proto/engine-commands';

export interface NaiveOrder {
  id: number;
  account: number;
  instrument: number;
  side: Side;
  price: number;
  remaining: number;
  /** Order of arrival at its price. */
  turn: number;
  isVenueLevel: boolean;
}

export interface NaiveTrade {
  readonly price: number;
  readonly lots: number;
  readonly taker: number;
  readonly maker: number;
}

export interface NaiveOutcome {
  readonly status: string;
  readonly filled: number;
  readonly trades: readonly NaiveTrade[];
}

export class NaiveExchange {
  orders: NaiveOrder[] = [];
  readonly cash = new Map<number, number>();
  readonly lots = new Map<string, number>();
  #turn = 0;

  place(id: number, command: PlaceOrder): NaiveOutcome {
    const bound = command.limitPriceTicks ?? (command.side === 'BUY' ? Infinity : 0);
    const offers = this.#offers(command.instrumentNumber, command.side, bound);
    const offered = offers.reduce((sum, order) => sum + order.remaining, 0);
    if (command.type === 'MARKET' && offered === 0) return { status: 'DENIED', filled: 0, trades: [] };
    if (command.tif === 'FOK' && offered < command.quantityLots) return { status: 'CANCELED', filled: 0, trades: [] };
    const trades = this.#take(id, command.accountNumber, command.instrumentNumber, command.side, command.quantityLots, offers);
    const filled = trades.reduce((sum, trade) => sum + trade.lots, 0);
    const remaining = command.quantityLots - filled;
    if (remaining === 0) return { status: 'FILLED', filled, trades };
    if (command.type === 'MARKET' || command.tif === 'IOC') return { status: 'CANCELED', filled, trades };
    this.#rest(id, command.accountNumber, command.instrumentNumber, command.side, command.limitPriceTicks!, remaining, false);
    return { status: filled > 0 ? 'PARTIALLY_FILLED' : 'ACCEPTED', filled, trades };
  }

  cancel(account: number, id: number): boolean {
    const found = this.orders.find((order) => order.id === id && order.account === account);
    this.orders = this.orders.filter((order) => order !== found);
    return found !== undefined;
  }

  setLevel(id: number, command: SetVenueLevel): readonly NaiveTrade[] {
    const { accountNumber: account, instrumentNumber: instrument, side, priceTicks: price, quantityLots: wanted } = command;
    const shown = this.orders.find((order) => order.isVenueLevel && order.account === account && order.instrument === instrument && order.side === side && order.price === price);
    if (wanted <= (shown?.remaining ?? 0)) {
      if (shown) shown.remaining = wanted;
      this.#dropEmpty();
      return [];
    }
    if (!shown) {
      const crossed = this.#offers(instrument, side, price).filter((order) => order.account === account);
      this.orders = this.orders.filter((order) => !crossed.includes(order));
    }
    if (shown) shown.remaining = 0;
    this.#dropEmpty();
    const trades = this.#take(id, account, instrument, side, wanted, this.#offers(instrument, side, price));
    const filled = trades.reduce((sum, trade) => sum + trade.lots, 0);
    if (filled < wanted) this.#rest(id, account, instrument, side, price, wanted - filled, true);
    return trades;
  }

  /** `[price, lots, orders]`, best first. */
  levels(instrument: number, side: Side): (readonly [number, number, number])[] {
    const resting = this.orders.filter((order) => order.instrument === instrument && order.side === side);
    const prices = [...new Set(resting.map((order) => order.price))].sort((a, b) => (side === 'BUY' ? b - a : a - b));
    return prices.map((price) => {
      const here = resting.filter((order) => order.price === price);
      return [price, here.reduce((sum, order) => sum + order.remaining, 0), here.length];
    });
  }

  #offers(instrument: number, side: Side, bound: number): NaiveOrder[] {
    return this.orders
      .filter((order) => order.instrument === instrument && order.side !== side && (side === 'BUY' ? order.price <= bound : order.price >= bound))
      .sort((a, b) => (side === 'BUY' ? a.price - b.price : b.price - a.price) || a.turn - b.turn);
  }

  #take(taker: number, account: number, instrument: number, side: Side, wanted: number, offers: NaiveOrder[]): NaiveTrade[] {
    const trades: NaiveTrade[] = [];
    for (const offer of offers) {
      const lots = Math.min(wanted, offer.remaining);
      if (lots === 0) break;
      wanted -= lots;
      offer.remaining -= lots;
      trades.push({ price: offer.price, lots, taker, maker: offer.id });
      const [buyer, seller] = side === 'BUY' ? [account, offer.account] : [offer.account, account];
      this.#move(buyer, instrument, lots, -offer.price * lots);
      this.#move(seller, instrument, -lots, offer.price * lots);
    }
    this.#dropEmpty();
    return trades;
  }

  #move(account: number, instrument: number, lots: number, cash: number): void {
    const key = `${account}/${instrument}`;
    this.lots.set(key, (this.lots.get(key) ?? 0) + lots);
    this.cash.set(account, (this.cash.get(account) ?? 0) + cash);
  }

  #rest(id: number, account: number, instrument: number, side: Side, price: number, remaining: number, isVenueLevel: boolean): void {
    this.orders.push({ id, account, instrument, side, price, remaining, turn: this.#turn++, isVenueLevel });
  }

  #dropEmpty(): void {
    this.orders = this.orders.filter((order) => order.remaining > 0);
  }
}
