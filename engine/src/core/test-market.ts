// A small market for tests: one instrument, users with cash and no limits of their own, and few words to say what happens.

import type { CommandResult, JournalledCommand, PlaceOrder } from '@mib/proto/engine-commands';
import type { EngineEvent } from '@mib/proto/engine-events';
import { CoreDriver } from './core-driver.ts';
import { viewBooks } from './views.ts';

/** A user with a million. */
export const ANN = 1000;
export const BOB = 1001;
/** A venue participant: no gate, no cash. */
export const VENUE = 1;

export interface Done {
  readonly id: number;
  readonly result: CommandResult;
  readonly events: readonly EngineEvent[];
}

export class TestMarket {
  readonly driver = new CoreDriver();
  #placed = 0;
  #skippedNs = 0n;

  constructor() {
    this.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
    for (const accountNumber of [ANN, BOB]) {
      this.submit({ kind: 'OpenAccount', accountNumber });
      this.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1_000_000, clientOrderId: 'deposit' });
      this.submit({ kind: 'SetRiskLimits', accountNumber, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
    }
  }

  /** Lets time pass before the next command. */
  skip(micros: number): void {
    this.#skippedNs += BigInt(micros) * 1_000n;
  }

  submit(command: JournalledCommand): Done {
    const { result, events } = this.driver.submit(command, undefined, 1_000n + this.#skippedNs);
    this.#skippedNs = 0n;
    return { id: result.orderId, result, events };
  }

  /** A LIMIT GTC order unless `terms` say otherwise; terms set to undefined are left out. */
  place(accountNumber: number, side: 'BUY' | 'SELL', quantityLots: number, limitPriceTicks: number | undefined, terms: Partial<PlaceOrder> = {}): Done {
    const clientOrderId = `o${++this.#placed}`;
    return this.submit({ kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots, ...terms });
  }

  /** Makes `price` the last trade price; leaves the book as it was. */
  trade(price: number): Done {
    this.place(2, 'SELL', 1, price);
    return this.place(3, 'BUY', 1, price);
  }

  cancel(accountNumber: number, orderId: number): Done {
    return this.submit({ kind: 'CancelOrder', accountNumber, orderId });
  }

  /** `[price, lots shown, orders]` of each level, best first. */
  get bids(): readonly (readonly [number, number, number])[] {
    return viewBooks(this.driver.core, [1], 1000)[0]!.bids;
  }

  get asks(): readonly (readonly [number, number, number])[] {
    return viewBooks(this.driver.core, [1], 1000)[0]!.asks;
  }
}

/** `[maker id, lots, price]` of each trade. */
export function trades({ events }: Done): (readonly [number, number, number])[] {
  return events.filter((event) => event.kind === 'Trade').map((trade) => [trade.makerOrderId, trade.quantityLots, trade.priceTicks]);
}

/** `[id, lots, reason]` of each cancel. */
export function cancels({ events }: Done): (readonly [number, number, string])[] {
  return events.filter((event) => event.kind === 'OrderCanceled').map((cancel) => [cancel.orderId, cancel.remainingLots, cancel.reason]);
}

/** `[id, trade price]` of each elected stop. */
export function triggered({ events }: Done): (readonly [number, number])[] {
  return events.filter((event) => event.kind === 'OrderTriggered').map((event) => [event.orderId, event.priceTicks]);
}
