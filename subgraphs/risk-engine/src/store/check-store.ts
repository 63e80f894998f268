// What the risk gate said of orders.

import type pg from 'pg';
import type { GateOutcome } from '../domain/gate-rules.ts';
import type { SqlRow } from './rows.ts';

export interface OrderCheckRow extends GateOutcome {
  readonly orderId: number;
  readonly accountNumber: number;
  readonly instrumentNumber: number;
}

export async function checksByOrders(pool: pg.Pool, orderIds: readonly number[]): Promise<OrderCheckRow[]> {
  const { rows } = await pool.query('select * from risk.order_checks where order_id = any($1::bigint[])', [orderIds]);
  return rows.map((row: SqlRow) => ({
    orderId: Number(row.order_id),
    accountNumber: row.account_number,
    instrumentNumber: row.instrument_number,
    type: row.type,
    code: row.code,
    limit: row.limit === null ? null : Number(row.limit),
    observed: row.observed === null ? null : Number(row.observed),
  }));
}
