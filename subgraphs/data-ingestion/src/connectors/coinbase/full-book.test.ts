import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@mib/testkit/property-runs';
import { createRandom, nextInteger, type Random } from '../../domain/random.ts';
import type { PriceLevel } from '../feed/contract.ts';
import { sameDecimal } from '../feed/decimal-text.ts';
import { decode, decodeLevel3 } from './decode.ts';
import { FakeProduct } from './fake-coinbase.ts';
import { FullBook, type FullBookStep } from './full-book.ts';

/** Schedules of faults; each ends without faults and must end equal. MIB_PROPERTY_RUNS=50 makes ten thousand. */
const SCHEDULES = propertyRuns(200);
const PRODUCT = 'BTC-USD';

describe('a book of the full channel', () => {
  it(`is never true and different from the venue's, and ends equal to it, in ${SCHEDULES} schedules of faults`, () => {
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      try {
        runSchedule(createRandom(seed));
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  }, 600_000);

  it('notices by the heartbeat that the last message of a quiet product is lost', () => {
    const venue = new FakeProduct(PRODUCT, createRandom(1));
    const book = new FullBook();
    book.snapshot(decodeLevel3(venue.level3()));
    venue.step();
    expect(book.heartbeat(venue.sequence)).toBeUndefined();
    expect(book.heartbeat(venue.sequence)).toMatchObject({ kind: 'GAP' });
    expect(book.isLive).toBe(false);
  });

  it('does not begin from a snapshot that is older than what came', () => {
    const venue = new FakeProduct(PRODUCT, createRandom(2));
    const old = decodeLevel3(venue.level3());
    venue.step();
    const book = new FullBook();
    for (const message of venue.step()) for (const event of decode(JSON.stringify(message)).events) if (event.kind === 'ORDER') book.apply(event);
    expect(book.snapshot(old)).toMatchObject({ kind: 'GAP' });
  });

  it('takes no frame for what it is not', () => {
    const messages = new FakeProduct(PRODUCT, createRandom(3)).step().map((message) => JSON.stringify(message));
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), fc.tuple(fc.constantFrom(...messages), fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, extra]) => text.slice(0, at % text.length) + extra + text.slice((at % text.length) + 1))), (frame) => {
      try {
        for (const event of decode(frame).events) if (event.kind === 'ORDER') expect(Number.isSafeInteger(event.sequence)).toBe(true);
      } catch (error) {
        expect((error as Error).name).toBe('DecodeError');
      }
    }), { numRuns: 2_000 });
  });
});

/** Messages on their way are dropped, doubled and exchanged; a snapshot is answered some messages after it was asked for. */
function runSchedule(random: Random): void {
  const venue = new FakeProduct(PRODUCT, random);
  const book = new FullBook();
  const shown = new Levels();
  const queue: object[] = [];
  let answerIn = nextInteger(random, 0, 5);
  const take = (step: FullBookStep | undefined): void => {
    if (step?.kind === 'GAP') answerIn = nextInteger(random, 0, 5);
    if (step?.kind === 'BOOK') shown.apply(step.update.kind, step.update.bids, step.update.asks);
  };
  const deliver = (message: object): void => {
    for (const event of decode(JSON.stringify(message)).events) if (event.kind === 'ORDER') take(book.apply(event));
  };
  const steps = nextInteger(random, 5, 30);
  for (let count = 0; count < steps; count++) {
    for (const message of venue.step()) {
      const fault = random();
      if (fault < 0.05) continue;
      queue.push(message);
      if (fault < 0.1) queue.push(message);
      if (fault > 0.95 && queue.length > 1) queue.push(queue.splice(-2, 1)[0]!);
    }
    while (queue.length > nextInteger(random, 0, 2)) deliver(queue.shift()!);
    if (!book.isLive && answerIn-- <= 0) take(book.snapshot(decodeLevel3(venue.level3())));
    if (book.isLive && book.sequence === venue.sequence) shown.expectEqual(venue);
  }
  for (const message of queue.splice(0)) deliver(message);
  take(book.heartbeat(venue.sequence));
  take(book.heartbeat(venue.sequence));
  if (!book.isLive) take(book.snapshot(decodeLevel3(venue.level3())));
  for (const message of venue.step()) deliver(message);
  if (!book.isLive || book.sequence !== venue.sequence) throw new Error('the book is not live at the end');
  shown.expectEqual(venue);
}

/** What a sink knows. */
class Levels {
  #bids = new Map<string, string>();
  #asks = new Map<string, string>();

  apply(kind: 'SNAPSHOT' | 'CHANGES', bids: readonly PriceLevel[], asks: readonly PriceLevel[]): void {
    if (kind === 'SNAPSHOT') [this.#bids, this.#asks] = [new Map(), new Map()];
    for (const [side, levels] of [[this.#bids, bids], [this.#asks, asks]] as const) {
      for (const [price, size] of levels) {
        if (size === '0') side.delete(price);
        else side.set(price, size);
      }
    }
  }

  expectEqual(venue: FakeProduct): void {
    for (const [side, known] of [['buy', this.#bids], ['sell', this.#asks]] as const) {
      const expected = venue.levels(side);
      const found = [...known].sort(([a], [b]) => (side === 'buy' ? Number(b) - Number(a) : Number(a) - Number(b)));
      const same = expected.length === found.length && expected.every(([price, size], index) => sameDecimal(price, found[index]![0]) && sameDecimal(size, found[index]![1]));
      if (!same) throw new Error(`${side} is ${JSON.stringify(found.slice(0, 5))}, the venue has ${JSON.stringify(expected.slice(0, 5))}`);
    }
  }
}
