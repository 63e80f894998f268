// Walks the two files of a LOBSTER day side by side: each message into our own book, the book against the published row,
// executions into ticks. A row that cannot be read, runs back in time or contradicts the published book is refused with
// its reason, and the book begins again from that row: one broken row costs itself and nothing else.

import { LobsterBook } from './lobster-book.ts';
import { emptyMessage, LOBSTER_TYPE, readLobsterMessage, type LineNumbers } from './lobster-message.ts';
import { LobsterRow } from './lobster-row.ts';
import { TickBatch } from './tick-batch.ts';

const MAX_SHOWN_CHARACTERS = 120;

export class LobsterDay {
  readonly book: LobsterBook;
  readonly batch = new TickBatch(1);
  readonly #message = emptyMessage();
  readonly #row: LobsterRow;
  #isSeeded = false;
  #timeNs = 0;

  /** @param maxOrders - known orders kept at once. */
  constructor(depth: number, maxOrders?: number) {
    this.book = new LobsterBook(depth, maxOrders);
    this.#row = new LobsterRow(depth);
  }

  /** Takes one line of each file; both end inside their buffers. */
  step(messages: LineNumbers, books: LineNumbers): void {
    const { batch } = this;
    const message = this.#message;
    batch.lastRow += 1;
    const [messageAt, bookAt] = [messages.at, books.at];
    const fault = readLobsterMessage(messages, message);
    const hasRow = this.#row.read(books);
    if (!hasRow) {
      this.#isSeeded = false;
      batch.reject('MALFORMED_ROW', `orderbook row must have ${this.#row.depth} levels in order, was ${shown(books, bookAt)}`);
    } else if (fault) {
      this.#seed();
      batch.reject(fault, `message must be time, type 1..7, order id, size, price, direction, was ${shown(messages, messageAt)}`);
    } else if (message.timeNs < this.#timeNs) {
      this.#seed();
      batch.reject('OUT_OF_ORDER', `time must not fall below ${this.#timeNs} ns after midnight, was ${message.timeNs}`);
    } else this.#take();
  }

  /** Counts a line that the other file has no partner for. */
  unpaired(line: LineNumbers, missing: 'message' | 'orderbook'): void {
    this.batch.lastRow += 1;
    line.skipLine();
    this.batch.reject('MALFORMED_ROW', `row must stand in both files, the ${missing} file has ended before it`);
  }

  #take(): void {
    const { batch, book } = this;
    const message = this.#message;
    if (this.#isSeeded) {
      const problem = book.apply(message) ?? book.reconcile(this.#row);
      if (problem !== undefined) {
        this.#seed();
        return batch.reject('BOOK_MISMATCH', problem);
      }
    } else this.#seed();
    this.#timeNs = message.timeNs;
    batch.taken[0]! += 1;
    if (message.type === LOBSTER_TYPE.EXECUTE || message.type === LOBSTER_TYPE.EXECUTE_HIDDEN) {
      batch.addTick(0, message.timeNs, message.price, message.size, -message.direction);
    }
  }

  #seed(): void {
    this.book.seed(this.#row, this.#message);
    this.#isSeeded = true;
  }
}

function shown({ bytes, at }: LineNumbers, from: number): string {
  return JSON.stringify(bytes.subarray(from, Math.min(at, from + MAX_SHOWN_CHARACTERS)).toString('latin1').trimEnd());
}
