// One batch of engine events into the tables, in one transaction with the checkpoint. The checkpoint row is locked first,
// so of two instances only one applies an event and the other finds it done: idempotent by sequence.

import { inTransaction } from '@mib/service/database';
import type { EngineEvent } from '@mib/proto/engine-client';
import { FIRST_USER_ACCOUNT } from '@mib/proto/engine-commands';
import type pg from 'pg';
import { InstrumentBook } from '../domain/instrument-book.ts';
import { applyEvent, cashKey, emptyChanges, positionKey, type Changes, type Ledger } from '../domain/ledger.ts';
import { announce } from './announce.ts';
import { ORDER_COLUMNS, cashRow, instrumentRow, orderRow, positionRow, type SqlRow } from './rows.ts';
import { writeChanges } from './write-changes.ts';

const STREAM = 'engine';

export interface AppliedBatch {
  /** The checkpoint afterwards; beyond `through` when another instance is ahead. */
  readonly checkpoint: number;
  readonly changes: Changes;
  /** Events that another instance had stored before. */
  readonly skipped: readonly EngineEvent[];
}

/** Where the projection stands; creates the checkpoint at 0. */
export async function loadCheckpoint(pool: pg.Pool): Promise<number> {
  await pool.query('insert into trading.checkpoints (stream, sequence) values ($1, 0) on conflict do nothing', [STREAM]);
  const { rows } = await pool.query<{ sequence: string }>('select sequence from trading.checkpoints where stream = $1', [STREAM]);
  return Number(rows[0]!.sequence);
}

export async function loadInstruments(pool: pg.Pool): Promise<InstrumentBook> {
  const { rows } = await pool.query('select number, id, tick_size, lot_size, currency, cash_scale from trading.instruments');
  return new InstrumentBook(rows.map((row: SqlRow) => instrumentRow(row)));
}

/**
 * Applies events and moves the checkpoint to `through`.
 *
 * @param batch.events - what matters of the engine's events after the checkpoint up to `through`, in order.
 */
export function applyBatch(pool: pg.Pool, batch: { readonly events: readonly EngineEvent[]; readonly through: number; readonly instruments: InstrumentBook }): Promise<AppliedBatch> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ sequence: string }>('select sequence from trading.checkpoints where stream = $1 for update', [STREAM]);
    const checkpoint = Number(rows[0]!.sequence);
    if (batch.through <= checkpoint) return { checkpoint, changes: emptyChanges(), skipped: batch.events };
    const events = batch.events.filter((event) => event.sequence > checkpoint);
    const skipped = batch.events.filter((event) => event.sequence <= checkpoint);
    const ledger = await loadLedger(client, events, batch.instruments);
    for (const event of events) applyEvent(ledger, event);
    await writeChanges(client, ledger);
    await announce(client, ledger);
    await client.query('update trading.checkpoints set sequence = $2 where stream = $1', [STREAM, batch.through]);
    return { checkpoint: batch.through, changes: ledger.changes, skipped };
  });
}

/** True when the event may change a row of this service. */
export function matters(event: EngineEvent): boolean {
  switch (event.kind) {
    case 'InstrumentRegistered':
      return true;
    case 'Trade':
      return event.takerAccountNumber >= FIRST_USER_ACCOUNT || event.makerAccountNumber >= FIRST_USER_ACCOUNT;
    case 'AccountOpened':
    case 'CashAdjusted':
    case 'OrderAccepted':
    case 'OrderDenied':
    case 'OrderCanceled':
    case 'OrderAmended':
      return event.accountNumber >= FIRST_USER_ACCOUNT;
    default:
      return false;
  }
}

async function loadLedger(client: pg.PoolClient, events: readonly EngineEvent[], instruments: InstrumentBook): Promise<Ledger> {
  const orderIds = new Set<number>();
  const accounts = new Set<number>();
  for (const event of events) {
    if (event.kind === 'Trade') {
      orderIds.add(event.takerOrderId).add(event.makerOrderId);
      accounts.add(event.takerAccountNumber).add(event.makerAccountNumber);
    } else if (event.kind === 'OrderCanceled' || event.kind === 'OrderAmended') orderIds.add(event.orderId);
    else if (event.kind === 'CashAdjusted') accounts.add(event.accountNumber);
  }
  const traded = events.filter((event) => event.kind === 'Trade').map((event) => event.instrumentNumber);
  const orders = await client.query(`select ${ORDER_COLUMNS} from trading.orders o where o.id = any($1::bigint[])`, [[...orderIds]]);
  const positions = await client.query('select * from trading.positions where account_number = any($1::int[]) and instrument_number = any($2::int[])', [[...accounts], [...new Set(traded)]]);
  const cash = await client.query('select * from trading.cash where account_number = any($1::int[])', [[...accounts]]);
  return {
    orders: new Map(orders.rows.map(orderRow).map((row) => [row.id, row])),
    positions: new Map(positions.rows.map(positionRow).map((row) => [positionKey(row.accountNumber, row.instrumentNumber), row])),
    cash: new Map(cash.rows.map(cashRow).map((row) => [cashKey(row.accountNumber, row.currency), row])),
    instruments: new Map(instruments.all.map((instrument) => [instrument.number, instrument])),
    changes: emptyChanges(),
  };
}
