// The way from pg's texts (bigint and numeric come as strings) to rows of the domain, one function a table.

import { parseDecimal } from '@mib/model/decimal';
import type { CashFlowRow, CashRow, FillRow, PositionRow } from '../domain/ledger.ts';
import type { TradedInstrument } from '../domain/instrument.ts';
import type { OrderRow } from '../domain/order.ts';

/** A row as pg hands it out; the select lists below name what is in it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type SqlRow = any;

export const ORDER_COLUMNS = `o.id, o.account_number, o.client_order_id, o.instrument_number, o.side, o.type, o.tif, o.limit_price_ticks, o.quantity_lots,
  o.trigger_ticks, o.display_lots, o.expire_micros, o.post_only, o.self_trade_prevention,
  o.filled_lots, o.filled_value, o.status, o.deny_code, o.deny_limit, o.deny_observed, o.cancel_reason, o.created_at_ns, o.updated_at_ns, o.version`;

export function orderRow(row: SqlRow): OrderRow {
  return {
    id: Number(row.id),
    accountNumber: row.account_number,
    clientOrderId: row.client_order_id,
    instrumentNumber: row.instrument_number,
    side: row.side,
    type: row.type,
    tif: row.tif,
    limitPriceTicks: row.limit_price_ticks,
    quantityLots: row.quantity_lots,
    triggerTicks: row.trigger_ticks,
    displayLots: row.display_lots,
    expireMicros: row.expire_micros === null ? null : Number(row.expire_micros),
    postOnly: row.post_only,
    selfTradePrevention: row.self_trade_prevention,
    filledLots: row.filled_lots,
    filledValue: BigInt(row.filled_value),
    status: row.status,
    denyCode: row.deny_code,
    denyLimit: row.deny_limit === null ? null : Number(row.deny_limit),
    denyObserved: row.deny_observed === null ? null : Number(row.deny_observed),
    cancelReason: row.cancel_reason,
    createdAtNs: BigInt(row.created_at_ns),
    updatedAtNs: BigInt(row.updated_at_ns),
    version: row.version,
  };
}

export const FILL_COLUMNS = 'f.sequence, f.leg, f.order_id, f.account_number, f.instrument_number, f.side, f.price_ticks, f.quantity_lots, f.fee_units, f.at_ns';

export function fillRow(row: SqlRow): FillRow {
  return {
    sequence: Number(row.sequence),
    leg: row.leg,
    orderId: Number(row.order_id),
    accountNumber: row.account_number,
    instrumentNumber: row.instrument_number,
    side: row.side,
    priceTicks: row.price_ticks,
    quantityLots: row.quantity_lots,
    feeUnits: BigInt(row.fee_units),
    atNs: BigInt(row.at_ns),
  };
}

export function positionRow(row: SqlRow): PositionRow {
  return {
    accountNumber: row.account_number,
    instrumentNumber: row.instrument_number,
    quantityLots: BigInt(row.quantity_lots),
    cost: BigInt(row.cost),
    realised: BigInt(row.realised),
    feeUnits: BigInt(row.fee_units),
    sequence: Number(row.sequence),
    updatedAtNs: BigInt(row.updated_at_ns),
  };
}

export function cashRow(row: SqlRow): CashRow {
  return { accountNumber: row.account_number, currency: row.currency, totalUnits: BigInt(row.total_units) };
}

export function cashFlowRow(row: SqlRow): CashFlowRow {
  return { sequence: Number(row.sequence), accountNumber: row.account_number, currency: row.currency, amountUnits: BigInt(row.amount_units), atNs: BigInt(row.at_ns) };
}

export function instrumentRow(row: SqlRow): TradedInstrument {
  return {
    number: row.number,
    id: row.id,
    tickSize: parseDecimal(plain(row.tick_size)),
    lotSize: parseDecimal(plain(row.lot_size)),
    currency: row.currency,
    cashScale: row.cash_scale,
  };
}

/** numeric(38,18) comes with all its zeros; a step size shows as many decimals as it needs. */
function plain(numeric: string): string {
  return numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric;
}
