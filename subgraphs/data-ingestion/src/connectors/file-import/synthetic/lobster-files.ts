// Writes an invented day as LOBSTER would: only events inside the published levels, and the book after each of them.

import { LOBSTER_TYPE } from '../../../domain/files/lobster-message.ts';
import type { DayBook } from './day-book.ts';
import { MarketDay, type DayEvent, type MarketDayOptions } from './market-day.ts';

/** One row of both files, without line ends, and the trade in it. */
export interface LobsterLine {
  readonly message: string;
  readonly book: string;
  /** `side`: 1 where the buyer made the trade. */
  readonly trade: { readonly timeNs: number; readonly price: number; readonly size: number; readonly side: number } | undefined;
}

const TYPE_OF: Readonly<Record<DayEvent['kind'], number>> = {
  add: LOBSTER_TYPE.ADD, cancel: LOBSTER_TYPE.CANCEL, delete: LOBSTER_TYPE.DELETE, execute: LOBSTER_TYPE.EXECUTE,
  hidden: LOBSTER_TYPE.EXECUTE_HIDDEN, cross: LOBSTER_TYPE.CROSS, halt: LOBSTER_TYPE.HALT,
};

export function* lobsterLines(options: MarketDayOptions & { readonly depth: number }): Generator<LobsterLine> {
  const day = new MarketDay(options);
  for (const event of day.events()) {
    if (event.rank >= options.depth) continue;
    yield { message: messageLine(event), book: bookLine(day.book, options.depth), trade: tradeOf(event) };
  }
}

export function messageLine({ kind, timeNs, id, size, price, side }: DayEvent): string {
  const fraction = String(timeNs % 1_000_000_000).padStart(9, '0');
  return `${Math.floor(timeNs / 1_000_000_000)}.${fraction},${TYPE_OF[kind]},${kind === 'cross' ? -id : id},${size},${price},${side}`;
}

function bookLine(book: DayBook, depth: number): string {
  const [asks, bids] = [book.prices(-1), book.prices(1)];
  let line = '';
  for (let level = 0; level < depth; level += 1) {
    const [ask, bid] = [asks[level], bids[level]];
    line += `${level === 0 ? '' : ','}${ask === undefined ? '9999999999,0' : `${ask},${book.sizeAt(-1, ask)}`},${bid === undefined ? '-9999999999,0' : `${bid},${book.sizeAt(1, bid)}`}`;
  }
  return line;
}

function tradeOf({ kind, timeNs, price, size, side }: DayEvent): LobsterLine['trade'] {
  return kind === 'execute' || kind === 'hidden' ? { timeNs, price, size, side: -side } : undefined;
}
