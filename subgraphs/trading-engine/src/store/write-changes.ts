// The changed rows of a batch, one statement a table.

import { formatDecimal } from '@mib/model/decimal';
import type pg from 'pg';
import type { Ledger } from '../domain/ledger.ts';

export async function writeChanges(client: pg.PoolClient, ledger: Ledger): Promise<void> {
  await writeInstruments(client, ledger);
  await reserveAccountNumbers(client, ledger);
  await writeOrders(client, ledger);
  await writeOrderEvents(client, ledger);
  await writeFills(client, ledger);
  await writePositions(client, ledger);
  await writeCash(client, ledger);
  await writeCashFlows(client, ledger);
}

async function writeInstruments(client: pg.PoolClient, { changes }: Ledger): Promise<void> {
  await insert(client, 'insert into trading.instruments (number, id, tick_size, lot_size, currency, cash_scale)', 'on conflict (number) do nothing', {
    number: ['int', changes.instruments.map((i) => i.number)],
    id: ['text', changes.instruments.map((i) => i.id)],
    tick_size: ['numeric', changes.instruments.map((i) => formatDecimal(i.tickSize))],
    lot_size: ['numeric', changes.instruments.map((i) => formatDecimal(i.lotSize))],
    currency: ['text', changes.instruments.map((i) => i.currency)],
    cash_scale: ['int', changes.instruments.map((i) => i.cashScale)],
  });
}

// A database younger than its engine (dropped and made anew) must not give an account of the past to a new user.
async function reserveAccountNumbers(client: pg.PoolClient, { changes: { accountNumbers } }: Ledger): Promise<void> {
  if (accountNumbers.length === 0) return;
  const highest = Math.max(...accountNumbers);
  await client.query("select setval('trading.accounts_number_seq', $1) from trading.accounts_number_seq s where s.last_value < $1 or (s.last_value = $1 and not s.is_called)", [highest]);
}

// The engine remembers client order ids for a bounded time. Should one come back through another door after that, the
// projection must not stop: the later order is stored under an id that no client can choose, being too long.
const FREE_CLIENT_ORDER_ID = `case when exists (select from trading.orders o where o.account_number = r.account_number and o.client_order_id = r.client_order_id and o.id <> r.id)
  then r.client_order_id || repeat('#', 36) || r.id else r.client_order_id end`;

async function writeOrders(client: pg.PoolClient, { changes, orders: known }: Ledger): Promise<void> {
  const orders = [...changes.orderIds].map((id) => known.get(id)!);
  await insert(
    client,
    `insert into trading.orders (id, account_number, client_order_id, instrument_number, side, type, tif, limit_price_ticks, quantity_lots, trigger_ticks, display_lots,
      expire_micros, post_only, self_trade_prevention, filled_lots, filled_value,
      status, deny_code, deny_limit, deny_observed, cancel_reason, created_at_ns, updated_at_ns, version)`,
    `on conflict (id) do update set limit_price_ticks = excluded.limit_price_ticks, quantity_lots = excluded.quantity_lots, trigger_ticks = excluded.trigger_ticks, filled_lots = excluded.filled_lots, filled_value = excluded.filled_value, status = excluded.status,
      cancel_reason = excluded.cancel_reason, updated_at_ns = excluded.updated_at_ns, version = excluded.version`,
    {
      id: ['bigint', orders.map((o) => o.id)],
      account_number: ['int', orders.map((o) => o.accountNumber)],
      client_order_id: ['text', orders.map((o) => o.clientOrderId), FREE_CLIENT_ORDER_ID],
      instrument_number: ['int', orders.map((o) => o.instrumentNumber)],
      side: ['text', orders.map((o) => o.side)],
      type: ['text', orders.map((o) => o.type)],
      tif: ['text', orders.map((o) => o.tif)],
      limit_price_ticks: ['int', orders.map((o) => o.limitPriceTicks)],
      quantity_lots: ['int', orders.map((o) => o.quantityLots)],
      trigger_ticks: ['int', orders.map((o) => o.triggerTicks)],
      display_lots: ['int', orders.map((o) => o.displayLots)],
      expire_micros: ['bigint', orders.map((o) => o.expireMicros)],
      post_only: ['bool', orders.map((o) => o.postOnly)],
      self_trade_prevention: ['text', orders.map((o) => o.selfTradePrevention)],
      filled_lots: ['int', orders.map((o) => o.filledLots)],
      filled_value: ['numeric', orders.map((o) => o.filledValue)],
      status: ['text', orders.map((o) => o.status)],
      deny_code: ['text', orders.map((o) => o.denyCode)],
      deny_limit: ['bigint', orders.map((o) => o.denyLimit)],
      deny_observed: ['bigint', orders.map((o) => o.denyObserved)],
      cancel_reason: ['text', orders.map((o) => o.cancelReason)],
      created_at_ns: ['bigint', orders.map((o) => o.createdAtNs)],
      updated_at_ns: ['bigint', orders.map((o) => o.updatedAtNs)],
      version: ['int', orders.map((o) => o.version)],
    },
  );
}

async function writeOrderEvents(client: pg.PoolClient, { changes }: Ledger): Promise<void> {
  const events = changes.orderEvents;
  await insert(client, 'insert into trading.order_events (sequence, leg, account_number, order_id, is_fill, status, limit_price_ticks, quantity_lots, trigger_ticks, filled_lots, filled_value, cancel_reason, version, at_ns)', '', {
    sequence: ['bigint', events.map((e) => e.sequence)],
    leg: ['smallint', events.map((e) => e.leg)],
    account_number: ['int', events.map((e) => e.order.accountNumber)],
    order_id: ['bigint', events.map((e) => e.order.id)],
    is_fill: ['bool', events.map((e) => e.isFill)],
    status: ['text', events.map((e) => e.order.status)],
    limit_price_ticks: ['int', events.map((e) => e.order.limitPriceTicks)],
    quantity_lots: ['int', events.map((e) => e.order.quantityLots)],
    trigger_ticks: ['int', events.map((e) => e.order.triggerTicks)],
    filled_lots: ['int', events.map((e) => e.order.filledLots)],
    filled_value: ['numeric', events.map((e) => e.order.filledValue)],
    cancel_reason: ['text', events.map((e) => e.order.cancelReason)],
    version: ['int', events.map((e) => e.order.version)],
    at_ns: ['bigint', events.map((e) => e.atNs)],
  });
}

async function writeFills(client: pg.PoolClient, { changes: { fills } }: Ledger): Promise<void> {
  await insert(client, 'insert into trading.fills (sequence, leg, order_id, account_number, instrument_number, side, price_ticks, quantity_lots, fee_units, at_ns)', '', {
    sequence: ['bigint', fills.map((f) => f.sequence)],
    leg: ['smallint', fills.map((f) => f.leg)],
    order_id: ['bigint', fills.map((f) => f.orderId)],
    account_number: ['int', fills.map((f) => f.accountNumber)],
    instrument_number: ['int', fills.map((f) => f.instrumentNumber)],
    side: ['text', fills.map((f) => f.side)],
    price_ticks: ['int', fills.map((f) => f.priceTicks)],
    quantity_lots: ['int', fills.map((f) => f.quantityLots)],
    fee_units: ['numeric', fills.map((f) => f.feeUnits)],
    at_ns: ['bigint', fills.map((f) => f.atNs)],
  });
}

async function writePositions(client: pg.PoolClient, { changes, positions: known }: Ledger): Promise<void> {
  const positions = [...changes.positionKeys].map((key) => known.get(key)!);
  await insert(
    client,
    'insert into trading.positions (account_number, instrument_number, quantity_lots, cost, realised, fee_units, sequence, updated_at_ns)',
    `on conflict (account_number, instrument_number) do update set quantity_lots = excluded.quantity_lots, cost = excluded.cost, realised = excluded.realised, fee_units = excluded.fee_units,
      sequence = excluded.sequence, updated_at_ns = excluded.updated_at_ns`,
    {
      account_number: ['int', positions.map((p) => p.accountNumber)],
      instrument_number: ['int', positions.map((p) => p.instrumentNumber)],
      quantity_lots: ['bigint', positions.map((p) => p.quantityLots)],
      cost: ['numeric', positions.map((p) => p.cost)],
      realised: ['numeric', positions.map((p) => p.realised)],
      fee_units: ['numeric', positions.map((p) => p.feeUnits)],
      sequence: ['bigint', positions.map((p) => p.sequence)],
      updated_at_ns: ['bigint', positions.map((p) => p.updatedAtNs)],
    },
  );
}

async function writeCash(client: pg.PoolClient, { changes, cash: known }: Ledger): Promise<void> {
  const cash = [...changes.cashKeys].map((key) => known.get(key)!);
  await insert(client, 'insert into trading.cash (account_number, currency, total_units)', 'on conflict (account_number, currency) do update set total_units = excluded.total_units', {
    account_number: ['int', cash.map((c) => c.accountNumber)],
    currency: ['text', cash.map((c) => c.currency)],
    total_units: ['numeric', cash.map((c) => c.totalUnits)],
  });
}

async function writeCashFlows(client: pg.PoolClient, { changes: { cashFlows } }: Ledger): Promise<void> {
  await insert(client, 'insert into trading.cash_flows (sequence, account_number, currency, amount_units, at_ns)', '', {
    sequence: ['bigint', cashFlows.map((f) => f.sequence)],
    account_number: ['int', cashFlows.map((f) => f.accountNumber)],
    currency: ['text', cashFlows.map((f) => f.currency)],
    amount_units: ['numeric', cashFlows.map((f) => f.amountUnits)],
    at_ns: ['bigint', cashFlows.map((f) => f.atNs)],
  });
}

/** SQL type, values, and optionally an expression over the row `r` to insert instead of the value. */
type Column = readonly [type: string, values: readonly unknown[], expression?: string];

async function insert(client: pg.PoolClient, into: string, conflict: string, columns: Readonly<Record<string, Column>>): Promise<void> {
  const entries = Object.entries(columns);
  if (entries[0]![1][1].length === 0) return;
  const arrays = entries.map(([, [type]], index) => `$${index + 1}::${type}[]`).join(', ');
  const selected = entries.map(([name, [, , expression]]) => expression ?? `r.${name}`).join(', ');
  await client.query(`${into} select ${selected} from unnest(${arrays}) as r(${entries.map(([name]) => name).join(', ')}) ${conflict}`, entries.map(([, [, values]]) => values));
}
