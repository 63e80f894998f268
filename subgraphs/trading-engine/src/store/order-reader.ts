// Reads of orders, their events and fills. Lists of several accounts or orders come from one statement (lateral joins),
// so a page of accounts with their orders costs one round trip.

import type pg from 'pg';
import type { Place } from '../domain/cursor.ts';
import type { FillRow } from '../domain/ledger.ts';
import type { OrderRow, OrderStatus } from '../domain/order.ts';
import { FILL_COLUMNS, ORDER_COLUMNS, fillRow, orderRow, type SqlRow } from './rows.ts';

/** The order right after the event, and its fill when it was one. */
export interface StoredOrderEvent extends Place {
  readonly atNs: bigint;
  readonly order: OrderRow;
  readonly fill: FillRow | null;
}

export async function ordersByIds(pool: pg.Pool, ids: readonly number[]): Promise<OrderRow[]> {
  const { rows } = await pool.query(`select ${ORDER_COLUMNS} from trading.orders o where o.id = any($1::bigint[])`, [ids]);
  return rows.map(orderRow);
}

export async function orderByClientOrderId(pool: pg.Pool, accountNumber: number, clientOrderId: string): Promise<OrderRow | undefined> {
  const { rows } = await pool.query(`select ${ORDER_COLUMNS} from trading.orders o where o.account_number = $1 and o.client_order_id = $2`, [accountNumber, clientOrderId]);
  return rows[0] && orderRow(rows[0]);
}

export interface OrderPage {
  readonly limit: number;
  readonly after: Place | null;
  readonly statuses: readonly OrderStatus[] | null;
}

/** Newest first, at most `limit` an account. */
export async function ordersByAccounts(pool: pg.Pool, accountNumbers: readonly number[], page: OrderPage): Promise<OrderRow[]> {
  const { rows } = await pool.query(
    `select ${ORDER_COLUMNS} from unnest($1::int[]) a(number) cross join lateral (
       select * from trading.orders o where o.account_number = a.number and ($2::bigint is null or o.id < $2) and ($3::text[] is null or o.status = any($3))
       order by o.id desc limit $4) o`,
    [accountNumbers, page.after?.sequence ?? null, page.statuses, page.limit],
  );
  return rows.map(orderRow);
}

export interface FillPage {
  readonly limit: number;
  readonly after: Place | null;
}

/** Newest first, at most `limit` an account. */
export async function fillsByAccounts(pool: pg.Pool, accountNumbers: readonly number[], page: FillPage): Promise<FillRow[]> {
  const { rows } = await pool.query(
    `select ${FILL_COLUMNS} from unnest($1::int[]) a(number) cross join lateral (
       select * from trading.fills f where f.account_number = a.number and ($2::bigint is null or (f.sequence, f.leg) < ($2, $3::smallint))
       order by f.sequence desc, f.leg desc limit $4) f`,
    [accountNumbers, page.after?.sequence ?? null, page.after?.leg ?? null, page.limit],
  );
  return rows.map(fillRow);
}

/** Oldest first, at most `limit` an order. */
export async function fillsByOrders(pool: pg.Pool, orderIds: readonly number[], page: FillPage): Promise<FillRow[]> {
  const { rows } = await pool.query(
    `select ${FILL_COLUMNS} from unnest($1::bigint[]) a(id) cross join lateral (
       select * from trading.fills f where f.order_id = a.id and ($2::bigint is null or (f.sequence, f.leg) > ($2, $3::smallint))
       order by f.sequence, f.leg limit $4) f`,
    [orderIds, page.after?.sequence ?? null, page.after?.leg ?? null, page.limit],
  );
  return rows.map(fillRow);
}

export async function fillsByPlaces(pool: pg.Pool, places: readonly Place[]): Promise<FillRow[]> {
  const { rows } = await pool.query(
    `select ${FILL_COLUMNS} from trading.fills f join unnest($1::bigint[], $2::smallint[]) p(sequence, leg) on f.sequence = p.sequence and f.leg = p.leg`,
    [places.map((place) => place.sequence), places.map((place) => place.leg)],
  );
  return rows.map(fillRow);
}

/** Fills behind a place that the position row already includes, oldest first, `limit` at most. */
export async function fillsOfPosition(pool: pg.Pool, position: { readonly accountNumber: number; readonly instrumentNumber: number; readonly sequence: number }, after: Place, limit: number): Promise<FillRow[]> {
  const { rows } = await pool.query(
    `select ${FILL_COLUMNS} from trading.fills f where f.account_number = $1 and f.instrument_number = $2 and (f.sequence, f.leg) > ($3, $4::smallint)
       and f.sequence <= $6 order by f.sequence, f.leg limit $5`,
    [position.accountNumber, position.instrumentNumber, after.sequence, after.leg, limit, position.sequence],
  );
  return rows.map(fillRow);
}

/** Events of an account behind a place, in order, `limit` at most. */
export async function orderEventsAfter(pool: pg.Pool, accountNumber: number, after: Place, limit: number): Promise<StoredOrderEvent[]> {
  const { rows } = await pool.query(
    `select e.sequence as event_sequence, e.leg as event_leg, e.at_ns as event_at_ns, e.is_fill,
       o.id, o.account_number, o.client_order_id, o.instrument_number, o.side, o.type, o.tif, e.limit_price_ticks, e.quantity_lots,
       e.trigger_ticks, o.display_lots, o.expire_micros, o.post_only, o.self_trade_prevention,
       e.filled_lots, e.filled_value, e.status, o.deny_code, o.deny_limit, o.deny_observed, e.cancel_reason, o.created_at_ns, e.at_ns as updated_at_ns, e.version,
       f.price_ticks, f.quantity_lots as fill_lots, f.fee_units
     from trading.order_events e join trading.orders o on o.id = e.order_id
     left join trading.fills f on e.is_fill and f.sequence = e.sequence and f.leg = e.leg
     where e.account_number = $1 and (e.sequence, e.leg) > ($2, $3::smallint) order by e.sequence, e.leg limit $4`,
    [accountNumber, after.sequence, after.leg, limit],
  );
  return rows.map(storedOrderEvent);
}

function storedOrderEvent(row: SqlRow): StoredOrderEvent {
  const order = orderRow(row);
  const place = { sequence: Number(row.event_sequence), leg: row.event_leg };
  const atNs = BigInt(row.event_at_ns);
  const { id: orderId, accountNumber, instrumentNumber, side } = order;
  const fill: FillRow | null = row.is_fill ? { ...place, orderId, accountNumber, instrumentNumber, side, priceTicks: row.price_ticks, quantityLots: row.fill_lots, feeUnits: BigInt(row.fee_units), atNs } : null;
  return { ...place, atNs, order, fill };
}
