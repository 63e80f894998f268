// Writes an invented day as an ITCH 5.0 BinaryFILE: the directory, every order, and some of each message there is.

import { ITCH_HEADER_BYTES, ITCH_LAYOUT, ITCH_LENGTHS, type ItchField, type ItchType } from '../../../domain/files/itch-layout.ts';
import { createRandom } from '../../../domain/random.ts';
import { MarketDay, type DayEvent, type MarketDayOptions } from './market-day.ts';

export interface ItchTrade {
  readonly symbol: string;
  readonly timeNs: number;
  readonly price: number;
  readonly size: number;
  readonly side: number;
  readonly matchNumber: bigint;
}

type Values = Readonly<Record<string, string | number | bigint>>;

/** Fields that are not given are blank or zero; `side`, `printable` and other codes must be. */
export function encodeItch(type: ItchType, stockLocate: number, timeNs: number, values: Values): Buffer {
  const bytes = Buffer.alloc(ITCH_LENGTHS[type.charCodeAt(0)]!);
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt16BE(stockLocate, 1);
  bytes.writeUIntBE(timeNs, 5, 6);
  let at = ITCH_HEADER_BYTES;
  for (const field of ITCH_LAYOUT[type] as readonly ItchField[]) {
    const value = values[field.name];
    if (field.kind === 'text' || field.kind === 'code') bytes.write(String(value ?? field.codes[0] ?? '').padEnd(field.bytes), at, 'latin1');
    else if (field.bytes === 8) bytes.writeBigUInt64BE(BigInt(value ?? 0), at);
    else bytes.writeUInt32BE(Number(value ?? 0), at);
    at += field.bytes;
  }
  return bytes;
}

/** A message behind its length. */
export function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** The shares of executions that are told at another price, not printed, and broken afterwards. */
const AT_PRICE_SHARE = 0.1;
const NOT_PRINTED_SHARE = 0.3;
const BROKEN_SHARE = 0.01;
const BEFORE_OPEN_NS = 12_000_000_000_000;

/** All frames of the day, and the trades that stand at its end, in order. */
export function itchFile(stocks: readonly (MarketDayOptions & { readonly symbol: string })[]): { readonly frames: Buffer[]; readonly trades: ItchTrade[] } {
  const writer = new ItchWriter();
  writer.put('S', 0, BEFORE_OPEN_NS, { eventCode: 'O' });
  const days = stocks.map((stock, index) => ({ locate: index + 1, symbol: stock.symbol, day: new MarketDay(stock), offset: index * 2 ** 33 }));
  for (const { locate, symbol } of days) writer.directory(locate, symbol);
  for (const { locate, symbol, day, offset } of days) {
    for (const { id, side, size, price } of day.book.open) writer.put('A', locate, BEFORE_OPEN_NS, { orderReference: BigInt(id + offset), side: side === 1 ? 'B' : 'S', shares: size, stock: symbol, price });
  }
  writer.put('V', 0, BEFORE_OPEN_NS, { level1: 1n, level2: 2n, level3: 3n });
  // One stock after the other within each moment: the times of a file never fall.
  const streams = days.map((each) => ({ ...each, events: each.day.events(), next: undefined as DayEvent | undefined }));
  for (const stream of streams) stream.next = stream.events.next().value as DayEvent | undefined;
  for (;;) {
    let first: (typeof streams)[number] | undefined;
    for (const stream of streams) if (stream.next && (!first || stream.next.timeNs < first.next!.timeNs)) first = stream;
    if (!first) break;
    writer.event(first.locate, first.symbol, first.next!, first.offset);
    first.next = first.events.next().value as DayEvent | undefined;
  }
  return { frames: writer.end(), trades: writer.trades };
}

class ItchWriter {
  readonly #frames: Buffer[] = [];
  readonly #random = createRandom(7);
  #match = 0n;
  #timeNs = BEFORE_OPEN_NS;
  trades: ItchTrade[] = [];

  put(type: ItchType, locate: number, timeNs: number, values: Values): void {
    this.#frames.push(frame(encodeItch(type, locate, timeNs, values)));
    this.#timeNs = timeNs;
  }

  directory(locate: number, symbol: string): void {
    const at = BEFORE_OPEN_NS;
    this.put('R', locate, at, { stock: symbol, marketCategory: 'Q', financialStatus: 'N', roundLotSize: 100, issueClassification: 'C', issueSubType: 'Z', authenticity: 'P' });
    this.put('H', locate, at, { stock: symbol, tradingState: 'T', reserved: ' ', reason: '' });
    this.put('Y', locate, at, { stock: symbol, action: '0' });
    this.put('L', locate, at, { mpid: 'ABCD', stock: symbol });
    this.put('K', locate, at, { stock: symbol, releaseTime: 34_200, releaseQualifier: 'A', ipoPrice: 100_000 });
    this.put('J', locate, at, { stock: symbol, referencePrice: 3, upperPrice: 4, lowerPrice: 2 });
    this.put('h', locate, at, { stock: symbol, marketCode: 'Q', action: 'T' });
    this.put('N', locate, at, { stock: symbol, interest: 'N' });
    this.put('O', locate, at, { stock: symbol, nearExecutionTime: 34_200_000_000_000n });
    this.put('I', locate, at, { pairedShares: 5n, imbalanceShares: 1n, stock: symbol });
  }

  event(locate: number, symbol: string, { kind, timeNs, id, size, price, side, replaces, replacedBy }: DayEvent, offset: number): void {
    const orderReference = BigInt(id + offset);
    if (kind === 'add' && replaces !== undefined) return this.put('U', locate, timeNs, { orderReference: BigInt(replaces + offset), newOrderReference: orderReference, shares: size, price });
    if (kind === 'delete' && replacedBy !== undefined) return;
    const sided = { orderReference, side: side === 1 ? 'B' : 'S', shares: size, stock: symbol, price };
    if (kind === 'add') return this.put(id % 3 === 0 ? 'F' : 'A', locate, timeNs, { ...sided, ...(id % 3 === 0 && { attribution: 'NITE' }) });
    if (kind === 'cancel') return this.put('X', locate, timeNs, { orderReference, cancelledShares: size });
    if (kind === 'delete') return this.put('D', locate, timeNs, { orderReference });
    if (kind === 'halt') return this.put('W', 0, timeNs, { breachedLevel: '1' });
    const matchNumber = (this.#match += 1n);
    const trade = { symbol, timeNs, price, size, side: 0, matchNumber };
    if (kind === 'cross') this.put('Q', locate, timeNs, { shares: BigInt(size), stock: symbol, price, matchNumber, crossType: 'O' });
    else if (kind === 'hidden') this.put('P', locate, timeNs, { ...sided, orderReference: 0n, side: 'B', matchNumber });
    else return this.#execution(locate, { ...trade, side: -side }, orderReference);
    this.trades.push(trade);
  }

  /** @returns all frames, the session's end included. */
  end(): Buffer[] {
    this.put('S', 0, this.#timeNs, { eventCode: 'C' });
    this.#frames.push(Buffer.alloc(2));
    return this.#frames;
  }

  #execution(locate: number, trade: ItchTrade, orderReference: bigint): void {
    const { timeNs, size: executedShares, matchNumber } = trade;
    const atPrice = this.#random() < AT_PRICE_SHARE;
    const printed = !atPrice || this.#random() >= NOT_PRINTED_SHARE;
    const price = atPrice ? trade.price + 100 : trade.price;
    if (atPrice) this.put('C', locate, timeNs, { orderReference, executedShares, matchNumber, printable: printed ? 'Y' : 'N', executionPrice: price });
    else this.put('E', locate, timeNs, { orderReference, executedShares, matchNumber });
    if (printed && this.#random() < BROKEN_SHARE) this.put('B', locate, timeNs, { matchNumber });
    else if (printed) this.trades.push({ ...trade, price });
  }
}
