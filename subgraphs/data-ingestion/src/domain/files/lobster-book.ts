// Our own book of a LOBSTER day, order by order, held against the published row after every message.
//
// The pair of files does not tell everything. Orders that rest before the first message are known by level only, so each
// level is known orders in time priority plus an anonymous rest. Messages come only for the published depth: a level that
// is pushed out of it is forgotten, and when one of the published levels empties, the row alone says what moves up behind
// our last level. Nothing else is ever taken from a row: every level we hold must equal it, or the row is a mismatch.
//
//   row 1 ─seed─► book ─message─► book' ── levels we hold = row? ── then levels behind them: taken over, all anonymous

import { LobsterSide } from './lobster-side.ts';
import { LOBSTER_TYPE, type LobsterMessage } from './lobster-message.ts';
import type { LobsterRow } from './lobster-row.ts';
import { OrderIndex } from './order-index.ts';

export class LobsterBook {
  readonly #orders: OrderIndex;
  readonly asks: LobsterSide;
  readonly bids: LobsterSide;

  constructor(depth: number, maxOrders?: number) {
    this.#orders = new OrderIndex(maxOrders);
    this.asks = new LobsterSide(depth, 1, this.#orders);
    this.bids = new LobsterSide(depth, -1, this.#orders);
  }

  /** Orders that are known one by one. */
  get knownOrders(): number {
    return this.#orders.count;
  }

  /** Forgets everything and believes the row; `message` is the one that led to it. */
  seed(row: LobsterRow, message: LobsterMessage | undefined): void {
    this.#orders.clear();
    this.asks.seed(row.asks);
    this.bids.seed(row.bids);
    if (message?.type === LOBSTER_TYPE.ADD) this.#sideOf(message).nameAnonymous(message);
  }

  /**
   * Applies a message that has been read without a fault.
   *
   * @returns what the message contradicts, or undefined.
   */
  apply(message: LobsterMessage): string | undefined {
    switch (message.type) {
      case LOBSTER_TYPE.ADD:
        return this.#sideOf(message).add(message);
      case LOBSTER_TYPE.CANCEL:
      case LOBSTER_TYPE.DELETE:
      case LOBSTER_TYPE.EXECUTE:
        return this.#sideOf(message).reduce(message);
      default:
        // Hidden orders never stood in the book, a cross repeats executions told before, a halt repeats the row before it.
        return undefined;
    }
  }

  /**
   * Holds the book against the published one, then learns what moved up from behind the last level.
   *
   * @returns the first difference, or undefined.
   */
  reconcile(row: LobsterRow): string | undefined {
    return this.asks.reconcile(row.asks) ?? this.bids.reconcile(row.bids);
  }

  #sideOf(message: LobsterMessage): LobsterSide {
    return message.direction === 1 ? this.bids : this.asks;
  }
}
