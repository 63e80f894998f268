// One product's book, order by order, from the full channel. Every message of a product has the next sequence number, so a
// message that is missing shows at the next one; the book is then taken anew from the REST door at level 3. Pure.
//
//   SYNCING, RESYNCING: messages are kept ──level 3 at sequence S──► those after S, without a hole ──► LIVE
//   LIVE ──another sequence than the next, or an order that cannot be──► RESYNCING

import type { BookUpdate, PriceLevel } from '../feed/contract.ts';
import type { TimestampNs } from '@mib/model/timestamp';
import { decimalsOf, scaledInteger } from '../feed/decimal-text.ts';
import { DecodeError } from '../feed/feed-error.ts';
import type { BookSideName, CoinbaseEvent, Level3Book, Level3Order, OrderChange } from './decode.ts';

export type OrderEvent = CoinbaseEvent & { readonly kind: 'ORDER' };

export type FullBookStep =
  | { readonly kind: 'BOOK'; readonly update: BookUpdate }
  /** The book is not true any more, or never was; ask for another snapshot. */
  | { readonly kind: 'GAP'; readonly reason: string };

/** Messages kept while a snapshot is on its way: half a minute of the busiest product. */
const MAX_KEPT = 50_000;
/** Sizes are counted in so many decimals; the venue's finest has eight. */
const SIZE_DECIMALS = 12;

interface Order {
  readonly side: BookSideName;
  readonly price: string;
  size: bigint;
}

export class FullBook {
  readonly #orders = new Map<string, Order>();
  readonly #levels = { BUY: new Map<string, bigint>(), SELL: new Map<string, bigint>() };
  /** While not LIVE: what came since. */
  #kept: OrderEvent[] | undefined = [];
  #sequence = 0;
  #heard = 0;

  get isLive(): boolean {
    return this.#kept === undefined;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Forgets everything: what comes from now on is kept for the next snapshot. */
  reset(): void {
    this.#kept = [];
    this.#heard = 0;
  }

  /** @returns what changed, undefined when nothing did. */
  apply(event: OrderEvent): FullBookStep | undefined {
    if (this.#kept) {
      if (this.#kept.length >= MAX_KEPT) return this.#gap(`more than ${MAX_KEPT} messages without a snapshot`);
      this.#kept.push(event);
      return undefined;
    }
    if (event.sequence <= this.#sequence) return undefined;
    if (event.sequence !== this.#sequence + 1) return this.#gap(`sequence ${event.sequence} after ${this.#sequence}`);
    this.#sequence = event.sequence;
    return this.#step(event);
  }

  /** The venue says how far it is; a message that has not come by the next time it says so is lost. */
  heartbeat(sequence: number): FullBookStep | undefined {
    const before = this.#heard;
    this.#heard = sequence;
    if (!this.isLive || this.#sequence >= before) return undefined;
    return this.#gap(`venue is at ${before}, the last message was ${this.#sequence}`);
  }

  /** @returns the whole book, or a GAP when the snapshot does not reach to the messages that came. */
  snapshot(book: Level3Book): FullBookStep {
    const kept = [...(this.#kept ?? [])].sort((a, b) => a.sequence - b.sequence).filter(({ sequence }) => sequence > book.sequence);
    this.#orders.clear();
    this.#levels.BUY.clear();
    this.#levels.SELL.clear();
    for (const order of book.bids) this.#open('BUY', order);
    for (const order of book.asks) this.#open('SELL', order);
    this.#sequence = book.sequence;
    this.#kept = undefined;
    for (const event of kept) {
      if (event.sequence === this.#sequence) continue;
      if (event.sequence !== this.#sequence + 1) return this.#gap(`snapshot at ${this.#sequence}, the first message after it is ${event.sequence}`);
      this.#sequence = event.sequence;
      const step = this.#step(event);
      if (step?.kind === 'GAP') return step;
    }
    return this.#crossed() ?? { kind: 'BOOK', update: { kind: 'SNAPSHOT', bids: this.#side('BUY'), asks: this.#side('SELL'), sequence: this.#sequence, eventTimeNs: null } };
  }

  #step({ change, timeNs }: OrderEvent): FullBookStep | undefined {
    const touched = this.#change(change);
    if (typeof touched === 'string') return this.#gap(touched);
    if (!touched) return undefined;
    const changes: PriceLevel[] = touched.prices.map((price) => [price, sizeText(this.#levels[touched.side].get(price) ?? 0n)]);
    return { kind: 'BOOK', update: this.#changes(touched.side, changes, timeNs) };
  }

  #changes(side: BookSideName, changes: readonly PriceLevel[], eventTimeNs: TimestampNs): BookUpdate {
    return { kind: 'CHANGES', bids: side === 'BUY' ? changes : [], asks: side === 'SELL' ? changes : [], sequence: this.#sequence, eventTimeNs };
  }

  /** @returns the prices whose size is another now, or why this cannot be. */
  #change(change: OrderChange): { readonly side: BookSideName; readonly prices: readonly string[] } | string | undefined {
    switch (change.kind) {
      case 'OPEN':
        if (this.#orders.has(change.orderId)) return `order ${change.orderId} is open already`;
        return { side: change.side, prices: [this.#open(change.side, change)] };
      case 'DONE':
        return this.#resize(change.orderId, () => 0n);
      case 'CHANGE':
        return this.#modify(change.orderId, sizeOf(change.size), change.price);
      case 'MATCH': {
        const traded = sizeOf(change.size);
        const maker = this.#orders.get(change.makerOrderId);
        if (!maker) return `order ${change.makerOrderId} trades and is not open`;
        if (maker.size < traded) return `order ${change.makerOrderId} of ${sizeText(maker.size)} trades ${change.size}`;
        return this.#resize(change.makerOrderId, (size) => size - traded, true);
      }
      case 'NOTHING':
        return undefined;
    }
  }

  #open(side: BookSideName, { orderId, price: written, size: sizeWritten }: Level3Order): string {
    const price = priceText(written);
    const size = sizeOf(sizeWritten);
    this.#orders.set(orderId, { side, price, size });
    this.#levels[side].set(price, (this.#levels[side].get(price) ?? 0n) + size);
    return price;
  }

  /** An order without size goes, unless a trade took it all: the venue still says that it is done. */
  #resize(orderId: string, next: (size: bigint) => bigint, stays = false): { readonly side: BookSideName; readonly prices: readonly string[] } | undefined {
    const order = this.#orders.get(orderId);
    if (!order) return undefined;
    const { side, price, size } = order;
    const wanted = next(size);
    const level = (this.#levels[side].get(price) ?? 0n) - size + wanted;
    if (level === 0n) this.#levels[side].delete(price);
    else this.#levels[side].set(price, level);
    order.size = wanted;
    if (wanted === 0n && !stays) this.#orders.delete(orderId);
    return wanted === size ? undefined : { side, prices: [price] };
  }

  #modify(orderId: string, size: bigint, price: string | null): { readonly side: BookSideName; readonly prices: readonly string[] } | undefined {
    const order = this.#orders.get(orderId);
    if (!order || price === null || priceText(price) === order.price) return this.#resize(orderId, () => size, true);
    this.#resize(orderId, () => 0n);
    this.#open(order.side, { orderId, price, size: sizeText(size) });
    return { side: order.side, prices: [order.price, priceText(price)] };
  }

  #crossed(): FullBookStep | undefined {
    const bids = this.#side('BUY');
    const asks = this.#side('SELL');
    if (bids.length === 0 || asks.length === 0 || comparePrices(bids[0]![0], asks[0]![0]) < 0) return undefined;
    return this.#gap(`book is crossed: bid ${bids[0]![0]}, ask ${asks[0]![0]}`);
  }

  /** Best first. */
  #side(side: BookSideName): readonly PriceLevel[] {
    const sign = side === 'BUY' ? -1 : 1;
    return [...this.#levels[side]].sort(([a], [b]) => sign * comparePrices(a, b)).map(([price, size]) => [price, sizeText(size)]);
  }

  #gap(reason: string): FullBookStep {
    this.reset();
    return { kind: 'GAP', reason };
  }
}

/** Without zeros that do not count, so that one price is one text. */
function priceText(price: string): string {
  const decimals = decimalsOf(price);
  const point = price.indexOf('.');
  if (point < 0) return price;
  return decimals === 0 ? price.slice(0, point) : price.slice(0, point + 1 + decimals);
}

function comparePrices(a: string, b: string): number {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  return scaledInteger(a, scale) - scaledInteger(b, scale);
}

function sizeOf(text: string): bigint {
  const decimals = decimalsOf(text);
  if (decimals > SIZE_DECIMALS) throw new DecodeError(`a size must have at most ${SIZE_DECIMALS} decimals`, text);
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return BigInt(whole + fraction.slice(0, SIZE_DECIMALS).padEnd(SIZE_DECIMALS, '0'));
}

function sizeText(size: bigint): string {
  const digits = size.toString().padStart(SIZE_DECIMALS + 1, '0');
  return `${digits.slice(0, -SIZE_DECIMALS)}.${digits.slice(-SIZE_DECIMALS)}`.replace(/\.?0+$/, '');
}
