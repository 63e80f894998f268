// What resolvers hand on for each type of the graph: rows of the store, turned into fields where they are asked for.

import type { TradedInstrument } from '../domain/instrument.ts';
import type { FillRow, PositionRow } from '../domain/ledger.ts';
import type { Lot } from '../domain/lots.ts';
import type { OrderRow } from '../domain/order.ts';
import type { AccountRow } from '../store/account-store.ts';
import type { StoredOrderEvent } from '../store/order-reader.ts';

export type AccountParent = AccountRow;
export type OrderParent = OrderRow;
export type FillParent = FillRow;
export type PositionParent = PositionRow;
export type OrderEventParent = StoredOrderEvent;

export interface LotParent extends Lot {
  readonly instrument: TradedInstrument;
}
