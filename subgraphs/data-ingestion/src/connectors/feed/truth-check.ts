// A sink that judges: it keeps a book from nothing but what it is told, as plainly as can be, and compares it with the
// venue's own book whenever it is LIVE. The first difference is kept as `problem`.

import type { BookState, BookUpdate, FeedBar, FeedSink, FeedTrade, PriceLevel } from './contract.ts';
import { isZeroText } from './decimal-text.ts';

/** The two sides best first, as one text. */
export function bookText(bids: readonly PriceLevel[], asks: readonly PriceLevel[]): string {
  return `${sideText(bids)}|${sideText(asks)}`;
}

function sideText(levels: readonly PriceLevel[]): string {
  let text = '';
  for (const [price, quantity] of levels) text += `${price},${quantity} `;
  return text;
}

/** What the venue's book has been, by its text and, where the venue numbers its states, by number. */
export class BookHistory {
  readonly #indexes = new Map<string, number>();
  readonly #numbered = new Map<number, string>();
  #count = 0;

  add(text: string, sequence: number | null): void {
    this.#count += 1;
    this.#indexes.set(text, this.#count);
    if (sequence !== null) this.#numbered.set(sequence, text);
  }

  /** @returns the last time the book was so, undefined for never, or not at that number. */
  indexOf(text: string, sequence: number | null): number | undefined {
    return sequence === null || this.#numbered.get(sequence) === text ? this.#indexes.get(text) : undefined;
  }
}

/** Levels by price; prices of fake venues are few digits. */
type Side = Map<number, PriceLevel>;

export class TruthCheck implements FeedSink {
  readonly #histories: ReadonlyMap<string, BookHistory>;
  readonly #books = new Map<string, { bids: Side; asks: Side; state: BookState; sequence: number | null; lastIndex: number }>();
  readonly trades: FeedTrade[] = [];
  readonly bars: FeedBar[] = [];
  /** State changes as `symbol state`, in order. */
  readonly states: string[] = [];
  problem: string | undefined;
  changed = (): void => undefined;

  constructor(histories: ReadonlyMap<string, BookHistory>) {
    this.#histories = histories;
  }

  book(symbol: string, { kind, bids, asks, sequence }: BookUpdate): void {
    const book = this.#of(symbol);
    if (kind === 'SNAPSHOT') [book.bids, book.asks] = [new Map(), new Map()];
    else if (book.state !== 'LIVE') this.problem ??= `${symbol}: changes of a book that is ${book.state}`;
    apply(book.bids, bids);
    apply(book.asks, asks);
    book.sequence = sequence;
    if (book.state === 'LIVE') this.#compare(symbol);
    this.changed();
  }

  state(symbol: string, state: BookState, reason: string): void {
    if ((state === 'LIVE') !== (reason === '')) this.problem ??= `${symbol}: ${state} because of ${JSON.stringify(reason)}`;
    this.#of(symbol).state = state;
    this.states.push(`${symbol} ${state}`);
    if (state === 'LIVE') this.#compare(symbol);
    this.changed();
  }

  trade(_symbol: string, trade: FeedTrade): void {
    this.trades.push(trade);
    this.changed();
  }

  bar(_symbol: string, bar: FeedBar): void {
    this.bars.push(bar);
    this.changed();
  }

  stateOf(symbol: string): BookState {
    return this.#of(symbol).state;
  }

  textOf(symbol: string): string {
    const { bids, asks } = this.#of(symbol);
    const best = (side: Side, sign: 1 | -1): PriceLevel[] => [...side.keys()].sort((a, b) => sign * (a - b)).map((price) => side.get(price)!);
    return bookText(best(bids, -1), best(asks, 1));
  }

  /** Resolves once `condition` holds, looked at after every word of the connector. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.changed = () => {
        if (!condition()) return;
        this.changed = () => undefined;
        resolve();
      };
      this.changed();
    });
  }

  #compare(symbol: string): void {
    if (this.problem !== undefined) return;
    const book = this.#of(symbol);
    const text = this.textOf(symbol);
    const index = this.#histories.get(symbol)!.indexOf(text, book.sequence);
    if (index === undefined) this.problem = `${symbol} is LIVE and was never so at ${book.sequence}: ${text}`;
    else if (index < book.lastIndex) this.problem = `${symbol} is LIVE and went back from ${book.lastIndex} to ${index}`;
    else book.lastIndex = index;
  }

  #of(symbol: string) {
    let book = this.#books.get(symbol);
    if (!book) this.#books.set(symbol, (book = { bids: new Map(), asks: new Map(), state: 'SYNCING', sequence: null, lastIndex: 0 }));
    return book;
  }
}

function apply(side: Side, levels: readonly PriceLevel[]): void {
  for (const level of levels) {
    if (isZeroText(level[1])) side.delete(Number(level[0]));
    else side.set(Number(level[0]), level);
  }
}
