// The outbox records of a batch, written in its transaction: one per order event and one per fill.

import { formatTimestamp } from '@mib/model/timestamp';
import type { BusRecord } from '@mib/service/event-bus/event-bus';
import { writeOutbox } from '@mib/service/outbox';
import type pg from 'pg';
import { formatAverageFillPrice, formatPrice, formatQuantity } from '../domain/instrument.ts';
import type { FillRow, Ledger, OrderEventRow } from '../domain/ledger.ts';
import { FILLS_TOPIC, ORDERS_TOPIC, type FillAnnouncement, type OrderAnnouncement } from '../events.ts';
import type { SqlRow } from './rows.ts';

interface Owner {
  readonly id: string;
  readonly userId: string;
}

export async function announce(client: pg.PoolClient, ledger: Ledger): Promise<void> {
  const { orderEvents, fills } = ledger.changes;
  if (orderEvents.length === 0) return;
  const numbers = [...new Set(orderEvents.map((event) => event.order.accountNumber))];
  const { rows } = await client.query('select number, id, user_id from trading.accounts where number = any($1::int[])', [numbers]);
  const owners = new Map<number, Owner>(rows.map((row: SqlRow) => [row.number, { id: row.id, userId: row.user_id }]));
  await writeOutbox(client, 'trading', ORDERS_TOPIC, orderEvents.flatMap((event) => orderRecord(ledger, owners, event)));
  await writeOutbox(client, 'trading', FILLS_TOPIC, fills.flatMap((fill) => fillRecord(ledger, owners, fill)));
}

/** Nothing for an account without a row: the engine was fed by other hands. */
function orderRecord(ledger: Ledger, owners: ReadonlyMap<number, Owner>, { sequence, leg, atNs, order }: OrderEventRow): BusRecord[] {
  const owner = owners.get(order.accountNumber);
  const instrument = ledger.instruments.get(order.instrumentNumber);
  if (!owner || !instrument) return [];
  const announcement: OrderAnnouncement = {
    id: `${sequence}.${leg}`,
    sequence,
    accountId: owner.id,
    accountNumber: order.accountNumber,
    userId: owner.userId,
    orderId: String(order.id),
    clientOrderId: order.clientOrderId,
    instrumentId: instrument.id,
    instrumentNumber: instrument.number,
    side: order.side,
    type: order.type,
    tif: order.tif,
    quantity: formatQuantity(order.quantityLots, instrument),
    limitPrice: order.limitPriceTicks === null ? null : formatPrice(order.limitPriceTicks, instrument),
    status: order.status,
    filledQuantity: formatQuantity(order.filledLots, instrument),
    averageFillPrice: formatAverageFillPrice(order.filledValue, order.filledLots, instrument),
    denyCode: order.denyCode,
    cancelReason: order.cancelReason,
    version: order.version,
    at: formatTimestamp(atNs),
  };
  return [{ key: owner.id, value: JSON.stringify(announcement) }];
}

function fillRecord(ledger: Ledger, owners: ReadonlyMap<number, Owner>, fill: FillRow): BusRecord[] {
  const owner = owners.get(fill.accountNumber);
  const instrument = ledger.instruments.get(fill.instrumentNumber);
  if (!owner || !instrument) return [];
  const announcement: FillAnnouncement = {
    id: `${fill.sequence}.${fill.leg}`,
    sequence: fill.sequence,
    accountId: owner.id,
    accountNumber: fill.accountNumber,
    userId: owner.userId,
    orderId: String(fill.orderId),
    instrumentId: instrument.id,
    instrumentNumber: instrument.number,
    side: fill.side,
    price: formatPrice(fill.priceTicks, instrument),
    quantity: formatQuantity(fill.quantityLots, instrument),
    currency: instrument.currency,
    at: formatTimestamp(fill.atNs),
  };
  return [{ key: owner.id, value: JSON.stringify(announcement) }];
}
