import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@mib/testkit/property-runs';
import { lobsterLines, type LobsterLine } from '../../connectors/file-import/synthetic/lobster-files.ts';
import { MarketDay } from '../../connectors/file-import/synthetic/market-day.ts';
import { LobsterDay } from './lobster-day.ts';
import { LineNumbers } from './lobster-message.ts';
import type { LobsterSide } from './lobster-side.ts';
import type { TickBatch } from './tick-batch.ts';

const DEPTH = 3;
/** A book of three levels a side: asks 101..103, bids 100..98, in ten-thousandths. */
const START = '1010000,10,1000000,10,1020000,20,990000,20,1030000,30,980000,30';

describe('a LOBSTER day', () => {
  it('keeps a book equal to the published row after every message of any invented day', () => {
    const options = fc.record({ seed: fc.nat(), count: fc.constant(400), resting: fc.integer({ min: 0, max: 60 }), depth: fc.constantFrom(1, 2, 5, 10) });
    fc.assert(
      fc.property(options, (option) => {
        const lines = [...lobsterLines(option)];
        const day = run(lines, option.depth);
        expect(day.batch.rejects).toEqual([]);
        expect(day.batch.taken[0]).toBe(lines.length);
        expect(ticksOf(day.batch)).toEqual(lines.flatMap(({ trade }) => (trade ? [[trade.timeNs, trade.price, trade.size, trade.side]] : [])));
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('knows each order whose message it has seen, in time priority, as the book that wrote the file does', () => {
    const options = { seed: 3, count: 3_000, resting: 300, depth: 200 };
    const day = new LobsterDay(options.depth);
    const written = new MarketDay(options);
    const events = written.events();
    for (const line of lobsterLines(options)) {
      step(day, line);
      events.next();
    }
    expect(day.book.knownOrders).toBeGreaterThan(100);
    for (const [side, direction] of [[day.book.asks, -1], [day.book.bids, 1]] as const) {
      for (let index = 0; index < side.count; index += 1) {
        const resting = written.book.open.filter((order) => order.id > options.resting && order.side === direction && order.price === side.priceAt(index)).sort((a, b) => a.id - b.id);
        expect(side.ordersAt(index)).toEqual(resting.map((order) => order.size));
      }
    }
  });

  it.each([
    ['a size of a level we hold', { book: START.replace('1020000,20', '1020000,21') }, 'ask 2 is 20 at 1020000, published is 21 at 1020000'],
    ['a price of a level we hold', { book: START.replace('980000,30', '970000,30') }, 'bid 3 is 30 at 980000, published is 30 at 970000'],
    ['a level less', { book: START.replace('980000,30', '-9999999999,0') }, 'bid 3 is 30 at 980000, published is no level'],
    ['an order that is not there', { message: '2,3,7,10,1015000,-1' }, 'there is no level 1015000 to take 10 from'],
    ['more than unknown orders have', { message: '2,4,7,11,1010000,-1' }, 'level 1010000 has 10 of unknown orders, 11 leave'],
    ['a new order that the row lacks', { message: '2,1,7,5,1000000,1' }, 'bid 1 is 15 at 1000000, published is 10 at 1000000'],
  ])('refuses a row that contradicts the book: %s', (_, change, reason) => {
    const day = new LobsterDay(DEPTH);
    step(day, { message: '1,7,0,0,1,-1', book: START });
    step(day, { message: '2,7,0,0,1,-1', book: START, ...change });
    expect(day.batch.rejects).toEqual([{ line: 2, code: 'BOOK_MISMATCH', reason }]);
  });

  it('begins again from the row that it has refused', () => {
    const day = new LobsterDay(DEPTH);
    step(day, { message: '1,7,0,0,1,-1', book: START });
    step(day, { message: '2,7,0,0,1,-1', book: START.replace('1020000,20', '1020000,21') });
    step(day, { message: '3,4,9,1,1020000,-1', book: START });
    expect(day.batch.rejects.map((reject) => reject.line)).toEqual([2]);
    expect(ticksOf(day.batch)).toEqual([[3_000_000_000, 1_020_000, 1, 1]]);
  });

  it('learns a level only when one before it has gone, and forgets one that is pushed out', () => {
    const day = new LobsterDay(DEPTH);
    step(day, { message: '1,7,0,0,1,-1', book: START });
    step(day, { message: '2,3,5,10,1010000,-1', book: '1020000,20,1000000,10,1030000,30,990000,20,1040000,7,980000,30' });
    expect(levels(day.book.asks)).toEqual(['1020000 20', '1030000 30', '1040000 7']);
    step(day, { message: '3,1,6,8,1015000,-1', book: '1015000,8,1000000,10,1020000,20,990000,20,1030000,30,980000,30' });
    // What was 7 at 104 may have become anything while nobody told of it.
    step(day, { message: '4,3,6,8,1015000,-1', book: '1020000,20,1000000,10,1030000,30,990000,20,1040000,9,980000,30' });
    expect(day.batch.rejects).toEqual([]);
    expect(levels(day.book.asks)).toEqual(['1020000 20', '1030000 30', '1040000 9']);
  });

  it('believes that nothing lies behind levels that are not there', () => {
    const day = new LobsterDay(DEPTH);
    const book = '1010000,10,1000000,10,1020000,20,990000,20,9999999999,0,980000,30';
    step(day, { message: '1,7,0,0,1,-1', book });
    step(day, { message: '2,7,0,0,1,-1', book: START });
    expect(day.batch.rejects).toMatchObject([{ code: 'BOOK_MISMATCH', reason: 'ask 3 is no level, published is 30 at 1030000' }]);
  });

  it.each([
    ['1,1,1,1', 'MALFORMED_ROW'],
    ['1,1,1,1,10000,1,', 'MALFORMED_ROW'],
    ['', 'MALFORMED_ROW'],
    ['one,1,1,1,10000,1', 'MALFORMED_ROW'],
    ['-1,1,1,1,10000,1', 'INVALID_TIME'],
    ['86400,1,1,1,10000,1', 'INVALID_TIME'],
    ['1.0000000001,1,1,1,10000,1', 'INVALID_TIME'],
    ['1,0,1,1,10000,1', 'UNKNOWN_TYPE'],
    ['1,8,1,1,10000,1', 'UNKNOWN_TYPE'],
    ['1,1,1,0,10000,1', 'INVALID_NUMBER'],
    ['1,1,1,99999999999999999,10000,1', 'INVALID_NUMBER'],
    ['1,1,1,1,10000,0', 'INVALID_NUMBER'],
    ['1,4,1,1,0,1', 'NON_POSITIVE_PRICE'],
    ['1,5,0,1,-5,1', 'NON_POSITIVE_PRICE'],
    ['1,7,0,0,2,-1', 'INVALID_NUMBER'],
    ['0.5,7,0,0,1,-1', 'OUT_OF_ORDER'],
  ])('judges the message %s: %s', (message, code) => {
    const day = new LobsterDay(DEPTH);
    step(day, { message: '1,7,0,0,1,-1', book: START });
    step(day, { message, book: START });
    step(day, { message: '1,7,0,0,1,-1', book: START });
    expect(day.batch.rejects.map((reject) => [reject.line, reject.code])).toEqual([[2, code]]);
  });

  it.each([
    START.replace('1020000,20', '1010000,20'),
    START.replace('1020000,20', '1020000,0'),
    START.replace('1020000,20', '9999999999,0'),
    START.replace('1010000,10', '1010000,x'),
    `${START},1040000,1`,
    START.replace(',980000,30', ''),
    '',
  ])('refuses the orderbook row %s', (book) => {
    const day = new LobsterDay(DEPTH);
    step(day, { message: '1,7,0,0,1,-1', book: START });
    step(day, { message: '2,7,0,0,1,-1', book });
    step(day, { message: '3,7,0,0,1,-1', book: START });
    expect(day.batch.rejects.map((reject) => [reject.line, reject.code])).toEqual([[2, 'MALFORMED_ROW']]);
  });

  it('accepts no changed figure of a published row', () => {
    const lines = [...lobsterLines({ seed: 11, count: 300, resting: 40, depth: 2 })];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lines.length - 1 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 9 }), (at, column, by) => {
        const figures = lines[at]!.book.split(',');
        // The first level is always ours; what moves up behind the last one is the row's to say.
        figures[column] = String(Number(figures[column]) + by);
        const day = run(lines.with(at, { ...lines[at]!, book: figures.join(',') }), 2);
        expect(day.batch.rejects[0]).toMatchObject({ line: at + 1 });
        expect(day.batch.rejectedRows).toBeLessThanOrEqual(2);
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('survives any bytes, counts every row and keeps no more than the file can hold', () => {
    const lines = [...lobsterLines({ seed: 5, count: 120, resting: 20, depth: 2 })];
    const noise = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(noise, noise, (inMessages, inBooks) => {
        const messages = mutated(lines.map((line) => line.message).join('\n'), inMessages);
        const books = mutated(lines.map((line) => line.book).join('\n'), inBooks);
        const day = new LobsterDay(2);
        const [first, second] = [numbers(messages), numbers(books)];
        let rows = 0;
        while (first.at < messages.length && second.at < books.length) {
          day.step(first, second);
          rows += 1;
        }
        expect(day.batch.lastRow).toBe(rows);
        expect(day.batch.taken[0]! + day.batch.rejectedRows).toBe(rows);
        expect(day.book.knownOrders).toBeLessThanOrEqual(rows);
        const [best, worst] = [day.book.asks.priceAt(0), day.book.asks.priceAt(1)];
        if (day.book.asks.count === 2) expect(best).toBeLessThan(worst);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

function run(lines: readonly Pick<LobsterLine, 'message' | 'book'>[], depth: number): LobsterDay {
  const day = new LobsterDay(depth);
  for (const line of lines) step(day, line);
  return day;
}

function step(day: LobsterDay, { message, book }: Pick<LobsterLine, 'message' | 'book'>): void {
  const [first, second] = [numbers(Buffer.from(`${message}\n`)), numbers(Buffer.from(`${book}\r\n`))];
  day.step(first, second);
  // No `expect`: of a hundred thousand rows it would take most of the time.
  if (first.at !== first.bytes.length || second.at !== second.bytes.length) throw new Error(`read ${first.at} and ${second.at} bytes of "${message}" and "${book}"`);
}

function numbers(bytes: Buffer): LineNumbers {
  const line = new LineNumbers();
  line.bytes = bytes;
  return line;
}

/** Ends with a line end, as the bytes that a reader hands out do. */
function mutated(text: string, changes: readonly (readonly [number, number])[]): Buffer {
  const bytes = Buffer.from(`${text}\n`);
  for (const [at, byte] of changes) bytes[at % (bytes.length - 1)] = byte;
  return bytes;
}

function levels(side: LobsterSide): string[] {
  return Array.from({ length: side.count }, (_, index) => `${side.priceAt(index)} ${side.sizeAt(index)}`);
}

function ticksOf(batch: TickBatch): number[][] {
  return Array.from({ length: batch.count }, (_, at) => [batch.offsetsNs[at]!, batch.prices[at]!, batch.quantities[at]!, batch.sides[at]!]);
}
