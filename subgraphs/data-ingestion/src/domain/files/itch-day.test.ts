import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeItch, frame, itchFile } from '../../connectors/file-import/synthetic/itch-file.ts';
import { ItchDay } from './itch-day.ts';
import { ItchFrames } from './itch-frames.ts';
import { ITCH_LENGTHS, ITCH_TYPES } from './itch-layout.ts';
import { decodeItch } from './itch-message.ts';

const STOCK = { symbol: 'AAPL', stockLocate: 1 };
const ADD = { orderReference: 7n, side: 'B', shares: 100, stock: 'AAPL', price: 1_500_000 };
const AT = 34_200_000_000_000;

describe('an ITCH message', () => {
  // Written by hand from the specification: length and order of every field.
  it.each([
    ['system event', '5300000001' + '1f1aced9f000' + '51', { type: 'S', stockLocate: 0, trackingNumber: 1, timestampNs: 34_200_000_000_000, eventCode: 'Q' }],
    ['add order', '4100010002' + '000000000001' + '0102030405060708' + '42' + '00000064' + '4141504c20202020' + '0016e360', { type: 'A', stockLocate: 1, trackingNumber: 2, timestampNs: 1, orderReference: 0x0102030405060708n, side: 'B', shares: 100, stock: 'AAPL', price: 1_500_000 }],
    ['executed at a price', '4300010000' + '000000000002' + '0000000000000007' + '00000032' + '0000000000000009' + '4e' + '0016e361', { type: 'C', orderReference: 7n, executedShares: 50, matchNumber: 9n, printable: 'N', executionPrice: 1_500_001 }],
    ['replace', '5500010000' + '000000000002' + '0000000000000007' + '0000000000000008' + '00000005' + '00000006', { type: 'U', orderReference: 7n, newOrderReference: 8n, shares: 5, price: 6 }],
    ['decline levels', '5600000000' + '000000000002' + '0000000000000001' + '0000000000000002' + '0000000000000003', { type: 'V', level1: 1n, level2: 2n, level3: 3n }],
    ['cross', '5100010000' + '000000000002' + '0000000100000000' + '4141504c20202020' + '0016e360' + '0000000000000009' + '4f', { type: 'Q', shares: 4_294_967_296n, stock: 'AAPL', price: 1_500_000, matchNumber: 9n, crossType: 'O' }],
  ])('is read: %s', (_, hex, expected) => {
    expect(decodeItch(Buffer.from(hex, 'hex'))).toMatchObject(expected);
  });

  it('is as long as the specification says, for all 23 types', () => {
    const lengths = { S: 12, R: 39, H: 25, Y: 20, L: 26, V: 35, W: 12, K: 28, J: 35, h: 21, A: 36, F: 40, E: 31, C: 36, X: 23, D: 19, U: 35, P: 44, Q: 40, B: 19, I: 50, N: 20, O: 48 };
    expect(Object.fromEntries(ITCH_TYPES.map((type) => [type, ITCH_LENGTHS[type.charCodeAt(0)]]))).toEqual(lengths);
    expect(ITCH_LENGTHS.reduce((count, length) => count + (length > 0 ? 1 : 0), 0)).toBe(23);
  });

  it.each([
    [Buffer.from('5a', 'hex'), 'message type must be one of ITCH 5.0'],
    [Buffer.alloc(0), 'message type must be one of ITCH 5.0'],
    [encodeItch('D', 1, AT, {}).subarray(0, 18), 'message D must have 19 bytes'],
    [encodeItch('S', 0, AT, { eventCode: 'Z' }), 'eventCode must be one of "OSQMEC"'],
    [encodeItch('A', 1, AT, { ...ADD, side: 'X' }), 'side must be one of "BS"'],
    [encodeItch('A', 1, 86_400_000_000_000, ADD), 'timestamp must lie within a day'],
    [encodeItch('R', 1, AT, { stock: 'A\u0001' }), 'stock must be printable ASCII'],
  ])('is refused, naming the field: %#', (bytes, message) => {
    expect(() => decodeItch(bytes)).toThrow(message);
  });

  it('is decoded whole or refused with a typed error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ITCH_TYPES), fc.uint8Array({ minLength: 60, maxLength: 60 }), (type, random) => {
        const bytes = Buffer.from(random).subarray(0, ITCH_LENGTHS[type.charCodeAt(0)]);
        bytes.write(type, 0, 'latin1');
        try {
          expect(decodeItch(bytes).type).toBe(type);
        } catch (error) {
          expect((error as Error).name).toBe('InvalidValueError');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an ITCH day', () => {
  it('finds the trades of the chosen stocks, broken and unprinted ones left out, however the bytes are cut', () => {
    const { frames, trades } = itchFile([{ symbol: 'AAPL', seed: 1, count: 3_000, resting: 50 }, { symbol: 'MSFT', seed: 2, count: 1_000, resting: 50 }]);
    const bytes = Buffer.concat(frames);
    const wanted = trades.filter((trade) => trade.symbol === 'AAPL').map((trade) => [trade.timeNs, trade.price, trade.size, trade.side]);
    expect(wanted.length).toBeGreaterThan(300);
    const types = new Set(frames.slice(0, -1).map((each) => String.fromCharCode(each[2]!)));
    expect([...types].sort()).toEqual([...ITCH_TYPES].sort());
    for (const chunkBytes of [bytes.length, 1_000, 7]) {
      const day = read(bytes, chunkBytes);
      expect(day.batch.rejects).toEqual([]);
      expect(ticksOf(day)).toEqual(wanted);
      expect(day.batch.lastRow).toBe(frames.length - 1);
      expect(day.batch.taken[0]! + day.batch.skippedRows).toBe(frames.length - 1);
    }
  });

  it.each([
    ['an execution of no order', [encodeItch('E', 1, AT, { orderReference: 8n, executedShares: 1, matchNumber: 1n })], 'UNKNOWN_ORDER', 'order 8 is not open'],
    ['more than the order has', [encodeItch('E', 1, AT, { orderReference: 7n, executedShares: 101, matchNumber: 1n })], 'BOOK_MISMATCH', 'shares must be 1..100, what the order has, was 101'],
    ['a cancel of nothing', [encodeItch('X', 1, AT, { orderReference: 7n })], 'BOOK_MISMATCH', 'shares must be 1..100, what the order has, was 0'],
    ['an order twice', [encodeItch('A', 1, AT, ADD)], 'CONFLICT', 'order 7 is open already'],
    ['an order under the locate of another stock', [encodeItch('A', 1, AT, { ...ADD, orderReference: 9n, stock: 'MSFT' })], 'MALFORMED_ROW', 'stock must be the one of its locate code, was "MSFT"'],
    ['an order without a side', [encodeItch('A', 1, AT, { ...ADD, orderReference: 9n, side: '?' })], 'INVALID_NUMBER', 'side must be B or S, was "?"'],
    ['an order without a price', [encodeItch('A', 1, AT, { ...ADD, orderReference: 9n, price: 0 })], 'NON_POSITIVE_PRICE', 'price must be above 0, was 0'],
    ['a replacement by an open order', [encodeItch('A', 1, AT, { ...ADD, orderReference: 9n }), encodeItch('U', 1, AT, { orderReference: 7n, newOrderReference: 9n, shares: 1, price: 1 })], 'CONFLICT', 'order 9 is open already'],
    ['a time that runs back', [encodeItch('D', 1, AT - 1, { orderReference: 7n })], 'OUT_OF_ORDER', `time must not fall below ${AT} ns after midnight, was ${AT - 1}`],
    ['a message too short', [encodeItch('D', 1, AT, {}).subarray(0, 18)], 'MALFORMED_ROW', 'message D must have 19 bytes, had 18'],
    ['an unknown type', [Buffer.from('z123')], 'UNKNOWN_TYPE', 'type must be one of ITCH 5.0, was "z"'],
    ['a trading state that is none', [encodeItch('H', 1, AT, { stock: 'AAPL', tradingState: '!', reserved: ' ' })], 'MALFORMED_ROW', 'tradingState must be one of "HPQT"'],
  ])('refuses %s with its row and goes on', (_, messages, code, reason) => {
    const all = [encodeItch('A', 1, AT, ADD), ...messages, encodeItch('P', 1, AT, { ...ADD, matchNumber: 5n })];
    const day = read(Buffer.concat(all.map(frame)));
    expect(day.batch.rejects).toMatchObject([{ line: all.length - 1, code }]);
    expect(day.batch.rejects[0]!.reason).toContain(reason);
    expect(ticksOf(day)).toEqual([[AT, 1_500_000, 100, 0]]);
  });

  it('says what a file that breaks off has at its end', () => {
    const whole = Buffer.concat([encodeItch('A', 1, AT, ADD), encodeItch('D', 1, AT, { orderReference: 7n })].map(frame));
    const frames = new ItchFrames();
    frames.push(whole.subarray(0, -3));
    expect([frames.next(), frames.next(), frames.hasEnded, frames.restBytes]).toEqual([true, false, false, 18]);
  });

  it('ends at the session’s end', () => {
    const frames = new ItchFrames();
    frames.push(Buffer.from('00000000', 'hex'));
    expect([frames.next(), frames.hasEnded, frames.restBytes]).toEqual([false, true, 2]);
  });

  it('survives any bytes in a file, and every message is taken, skipped or refused', () => {
    const { frames } = itchFile([{ symbol: 'AAPL', seed: 3, count: 150, resting: 20 }]);
    const original = Buffer.concat(frames);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }), (changes) => {
        const bytes = Buffer.from(original);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const { batch, openOrders } = read(bytes);
        expect(batch.taken[0]! + batch.skippedRows + batch.rejectedRows).toBe(batch.lastRow);
        expect(openOrders).toBeLessThanOrEqual(batch.lastRow);
        for (let at = 0; at < batch.count; at += 1) expect(batch.prices[at]! > 0 && batch.quantities[at]! > 0).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('holds no more open orders than it may', () => {
    const day = new ItchDay([STOCK], new Set(), 2);
    const add = (orderReference: bigint): void => {
      const bytes = encodeItch('A', 1, AT, { ...ADD, orderReference });
      day.step(bytes, 0, bytes.length);
    };
    add(1n);
    add(2n);
    expect(() => add(3n)).toThrow('open orders must be at most 2');
  });
});

/** Broken trades are found first, as an import does. */
function read(bytes: Buffer, chunkBytes = bytes.length): ItchDay {
  const broken = new Set<bigint>();
  each(bytes, bytes.length, (buffer, at, length) => {
    if (buffer[at] === 66 && length === 19) broken.add(buffer.readBigUInt64BE(at + 11));
  });
  const day = new ItchDay([STOCK], broken);
  each(bytes, chunkBytes, (buffer, at, length) => day.step(buffer, at, length));
  return day;
}

function each(bytes: Buffer, chunkBytes: number, visit: (buffer: Buffer, at: number, length: number) => void): void {
  const frames = new ItchFrames();
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    frames.push(bytes.subarray(from, from + chunkBytes));
    while (frames.next()) visit(frames.bytes, frames.at, frames.length);
  }
}

function ticksOf({ batch }: ItchDay): number[][] {
  return Array.from({ length: batch.count }, (_, at) => [batch.offsetsNs[at]!, batch.prices[at]!, batch.quantities[at]!, batch.sides[at]!]);
}
