// The hot path of an ITCH file: the open orders of the chosen stocks, and their executions as ticks. An execution names an
// order and not its price, so each order is kept from its message A, F or U until it is gone. Messages of other stocks cost
// a look at their length and locate code.
//
//   offsets of a message: type 0, locate 1, tracking 3, time 5, then
//   A F  reference 11, side 19, shares 20, stock 24, price 32          U  old 11, new 19, shares 27, price 31
//   E    reference 11, shares 19, match 23                             P  side 19, shares 20, stock 24, price 32, match 36
//   C    as E, printable 31, price 32                                  Q  shares 11, stock 19, price 27, match 31
//   X    reference 11, shares 19                                       D  reference 11

import { InvalidValueError } from '@mib/model/invalid-value';
import { ITCH_LENGTHS } from './itch-layout.ts';
import { decodeItch, readU32, readU48 } from './itch-message.ts';
import { NS_PER_DAY } from './lobster-message.ts';
import { OrderIndex, widened } from './order-index.ts';
import { TickBatch } from './tick-batch.ts';

const LOCATES = 65_536;
const NONE = -1;
const BUY = 66;
const SELL = 83;
const YES = 89;
const NO = 78;
const TWO_TO_32 = 4_294_967_296;
const TYPE = { A: 65, F: 70, E: 69, C: 67, X: 88, D: 68, U: 85, P: 80, Q: 81 } as const;
const STOCK_BYTES = 8;

export interface ItchStock {
  readonly symbol: string;
  readonly stockLocate: number;
}

export class ItchDay {
  readonly batch: TickBatch;
  readonly #orders: OrderIndex;
  /** Index of the stock by locate code, NONE for one that is not wanted. */
  readonly #wanted = new Int32Array(LOCATES).fill(NONE);
  readonly #stockWords: Uint32Array;
  readonly #broken: ReadonlySet<bigint>;
  #prices = new Uint32Array(0);
  #shares = new Uint32Array(0);
  /** Twice the stock's index, one more for a sell order. */
  #owners = new Int32Array(0);
  #timeNs = 0;

  /** @param broken - match numbers of executions that were broken later: they are no ticks. */
  constructor(stocks: readonly ItchStock[], broken: ReadonlySet<bigint>, maxOrders?: number) {
    this.batch = new TickBatch(stocks.length);
    this.#orders = new OrderIndex(maxOrders);
    this.#broken = broken;
    this.#stockWords = new Uint32Array(2 * stocks.length);
    for (const [index, { symbol, stockLocate }] of stocks.entries()) {
      const padded = Buffer.from(symbol.padEnd(STOCK_BYTES), 'latin1');
      this.#wanted[stockLocate] = index;
      this.#stockWords[2 * index] = padded.readUInt32BE(0);
      this.#stockWords[2 * index + 1] = padded.readUInt32BE(4);
    }
  }

  get openOrders(): number {
    return this.#orders.count;
  }

  step(bytes: Buffer, at: number, length: number): void {
    const { batch } = this;
    batch.lastRow += 1;
    const type = bytes[at]!;
    const expected = ITCH_LENGTHS[type]!;
    if (length !== expected) return expected === 0 ? batch.reject('UNKNOWN_TYPE', `type must be one of ITCH 5.0, was ${JSON.stringify(String.fromCharCode(type))}`) : batch.reject('MALFORMED_ROW', `message ${String.fromCharCode(type)} must have ${expected} bytes, had ${length}`);
    const stock = this.#wanted[(bytes[at + 1]! << 8) | bytes[at + 2]!]!;
    if (stock === NONE) {
      batch.skippedRows += 1;
      return;
    }
    const timeNs = readU48(bytes, at + 5);
    if (timeNs >= NS_PER_DAY) return batch.reject('INVALID_TIME', `time must lie within a day, was ${timeNs} ns`);
    if (timeNs < this.#timeNs) return batch.reject('OUT_OF_ORDER', `time must not fall below ${this.#timeNs} ns after midnight, was ${timeNs}`);
    this.#timeNs = timeNs;
    if (this.#apply(type, bytes, at, stock)) batch.taken[stock]! += 1;
  }

  /** Counts bytes at the end of the file that are no whole message, or stand behind the end of the session. */
  trailing(reason: string): void {
    this.batch.lastRow += 1;
    this.batch.reject('MALFORMED_ROW', reason);
  }

  /** @returns false once the row has been refused. */
  #apply(type: number, bytes: Buffer, at: number, stock: number): boolean {
    switch (type) {
      case TYPE.A:
      case TYPE.F:
        return this.#add(bytes, at, stock);
      case TYPE.E:
        return this.#execute(bytes, at, stock, true, 0);
      case TYPE.C:
        return this.#executeAtPrice(bytes, at, stock);
      case TYPE.X:
        return this.#take(bytes, at, stock, readU32(bytes, at + 19)) !== NONE;
      case TYPE.D:
        return this.#delete(bytes, at, stock);
      case TYPE.U:
        return this.#replace(bytes, at, stock);
      case TYPE.P:
        return this.#hidden(bytes, at, stock);
      case TYPE.Q:
        return this.#cross(bytes, at, stock);
      default:
        return this.#other(bytes, at, stock);
    }
  }

  #add(bytes: Buffer, at: number, stock: number): boolean {
    const side = bytes[at + 19]!;
    if (side !== BUY && side !== SELL) return this.#refuse('INVALID_NUMBER', `side must be B or S, was ${JSON.stringify(String.fromCharCode(side))}`);
    if (!this.#isStock(bytes, at + 24, stock)) return false;
    return this.#open(bytes, at + 11, readU32(bytes, at + 32), readU32(bytes, at + 20), 2 * stock + (side === SELL ? 1 : 0));
  }

  #open(bytes: Buffer, reference: number, price: number, shares: number, owner: number): boolean {
    const [high, low] = [readU32(bytes, reference), readU32(bytes, reference + 4)];
    if (shares === 0) return this.#refuse('INVALID_NUMBER', 'shares must be above 0, was 0');
    if (price === 0) return this.#refuse('NON_POSITIVE_PRICE', 'price must be above 0, was 0');
    if (this.#orders.find(high, low) !== NONE) return this.#refuse('CONFLICT', `order ${high * TWO_TO_32 + low} is open already`);
    const slot = this.#orders.add(high, low);
    if (slot >= this.#prices.length) this.#grow();
    this.#prices[slot] = price;
    this.#shares[slot] = shares;
    this.#owners[slot] = owner;
    return true;
  }

  /** `price` 0: the order's own. */
  #execute(bytes: Buffer, at: number, stock: number, isPrinted: boolean, price: number): boolean {
    const shares = readU32(bytes, at + 19);
    const found = this.#find(bytes, at, stock);
    const tickPrice = found === NONE || price !== 0 ? price : this.#prices[found]!;
    const side = found !== NONE && (this.#owners[found]! & 1) === 1 ? 1 : -1;
    if (found === NONE || !this.#reduce(found, shares)) return false;
    if (isPrinted) this.#tick(bytes, at + 23, stock, tickPrice, shares, side);
    return true;
  }

  #executeAtPrice(bytes: Buffer, at: number, stock: number): boolean {
    const printable = bytes[at + 31]!;
    const price = readU32(bytes, at + 32);
    if (printable !== YES && printable !== NO) return this.#refuse('INVALID_NUMBER', `printable must be Y or N, was ${JSON.stringify(String.fromCharCode(printable))}`);
    if (price === 0) return this.#refuse('NON_POSITIVE_PRICE', 'price must be above 0, was 0');
    return this.#execute(bytes, at, stock, printable === YES, price);
  }

  #delete(bytes: Buffer, at: number, stock: number): boolean {
    const slot = this.#find(bytes, at, stock);
    if (slot !== NONE) this.#orders.remove(slot);
    return slot !== NONE;
  }

  #replace(bytes: Buffer, at: number, stock: number): boolean {
    const slot = this.#find(bytes, at, stock);
    if (slot === NONE) return false;
    const owner = this.#owners[slot]!;
    // The old order is gone also when the new one is refused: that is what the message says.
    this.#orders.remove(slot);
    return this.#open(bytes, at + 19, readU32(bytes, at + 31), readU32(bytes, at + 27), owner);
  }

  #hidden(bytes: Buffer, at: number, stock: number): boolean {
    const [shares, price, side] = [readU32(bytes, at + 20), readU32(bytes, at + 32), bytes[at + 19]!];
    if (side !== BUY && side !== SELL) return this.#refuse('INVALID_NUMBER', `side must be B or S, was ${JSON.stringify(String.fromCharCode(side))}`);
    if (!this.#isStock(bytes, at + 24, stock)) return false;
    if (shares === 0) return this.#refuse('INVALID_NUMBER', 'shares must be above 0, was 0');
    if (price === 0) return this.#refuse('NON_POSITIVE_PRICE', 'price must be above 0, was 0');
    // The side is always B since 14 July 2014, whatever the order was: it says nothing.
    this.#tick(bytes, at + 36, stock, price, shares, 0);
    return true;
  }

  #cross(bytes: Buffer, at: number, stock: number): boolean {
    const shares = readU32(bytes, at + 11) * TWO_TO_32 + readU32(bytes, at + 15);
    if (!this.#isStock(bytes, at + 19, stock) || !this.#isSound(bytes, at)) return false;
    if (!Number.isSafeInteger(shares)) return this.#refuse('INVALID_NUMBER', `shares must be below 2^53, was ${shares}`);
    const price = readU32(bytes, at + 27);
    // A cross without orders is told with nothing in it.
    if (shares === 0) return true;
    if (price === 0) return this.#refuse('NON_POSITIVE_PRICE', 'price must be above 0, was 0');
    this.#tick(bytes, at + 31, stock, price, shares, 0);
    return true;
  }

  /** Messages that change no order: they are checked and counted. */
  #other(bytes: Buffer, at: number, stock: number): boolean {
    const message = this.#decode(bytes, at);
    if (message === undefined) return false;
    return !('stock' in message) || this.#isStock(Buffer.from(message.stock.padEnd(STOCK_BYTES), 'latin1'), 0, stock);
  }

  #isSound(bytes: Buffer, at: number): boolean {
    return this.#decode(bytes, at) !== undefined;
  }

  #decode(bytes: Buffer, at: number): ReturnType<typeof decodeItch> | undefined {
    try {
      return decodeItch(bytes, at, ITCH_LENGTHS[bytes[at]!]);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      this.#refuse('MALFORMED_ROW', error.message);
      return undefined;
    }
  }

  #isStock(bytes: Buffer, at: number, stock: number): boolean {
    if (readU32(bytes, at) === this.#stockWords[2 * stock] && readU32(bytes, at + 4) === this.#stockWords[2 * stock + 1]) return true;
    return this.#refuse('MALFORMED_ROW', `stock must be the one of its locate code, was ${JSON.stringify(bytes.toString('latin1', at, at + STOCK_BYTES).trimEnd())}`);
  }

  /** The open order that a message at `at` names, NONE once the row has been refused. */
  #find(bytes: Buffer, at: number, stock: number): number {
    const [high, low] = [readU32(bytes, at + 11), readU32(bytes, at + 15)];
    const slot = this.#orders.find(high, low);
    if (slot !== NONE && this.#owners[slot]! >> 1 === stock) return slot;
    this.#refuse('UNKNOWN_ORDER', slot === NONE ? `order ${high * TWO_TO_32 + low} is not open` : `order ${high * TWO_TO_32 + low} is one of another stock`);
    return NONE;
  }

  #take(bytes: Buffer, at: number, stock: number, shares: number): number {
    const slot = this.#find(bytes, at, stock);
    return slot !== NONE && this.#reduce(slot, shares) ? slot : NONE;
  }

  #reduce(slot: number, shares: number): boolean {
    const rest = this.#shares[slot]! - shares;
    if (shares === 0 || rest < 0) return this.#refuse('BOOK_MISMATCH', `shares must be 1..${this.#shares[slot]}, what the order has, was ${shares}`);
    if (rest === 0) this.#orders.remove(slot);
    else this.#shares[slot] = rest;
    return true;
  }

  #tick(bytes: Buffer, match: number, stock: number, price: number, shares: number, side: number): void {
    if (this.#broken.size > 0 && this.#broken.has(bytes.readBigUInt64BE(match))) return;
    this.batch.addTick(stock, this.#timeNs, price, shares, side);
  }

  #refuse(code: Parameters<TickBatch['reject']>[0], reason: string): false {
    this.batch.reject(code, reason);
    return false;
  }

  #grow(): void {
    const { capacity } = this.#orders;
    this.#prices = widened(this.#prices, new Uint32Array(capacity));
    this.#shares = widened(this.#shares, new Uint32Array(capacity));
    this.#owners = widened(this.#owners, new Int32Array(capacity));
  }
}
