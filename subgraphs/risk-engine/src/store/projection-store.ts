// One batch of engine events into the tables, in one transaction with the checkpoint. The checkpoint row is locked first,
// so of two instances only one applies an event and the other finds it done: idempotent by sequence.

import { NS_PER_MS } from '@mib/model/timestamp';
import type { EngineEvent } from '@mib/proto/engine-client';
import { FIRST_USER_ACCOUNT } from '@mib/proto/engine-commands';
import { inTransaction } from '@mib/service/database';
import type pg from 'pg';
import { cooling, denialLevel, type NewAlert } from '../domain/alert.ts';
import { figures } from '../domain/gate-rules.ts';
import { InstrumentBook } from '../domain/instrument-book.ts';
import { insertAlerts, lockStates, metricKey, saveStates } from './alert-store.ts';
import { instrumentRow, type SqlRow } from './rows.ts';

const STREAM = 'engine';

export interface Checkpoint {
  /** Last engine event, and the last command it belongs to, whose effects are stored. */
  readonly sequence: number;
  readonly commandSequence: number;
}

type Denied = Extract<EngineEvent, { kind: 'OrderDenied' }>;
type Judged = Extract<EngineEvent, { kind: 'OrderAccepted' | 'OrderDenied' }>;

/** Creates the checkpoint at 0. */
export async function loadCheckpoint(pool: pg.Pool): Promise<Checkpoint> {
  await pool.query('insert into risk.checkpoints (stream, sequence, command_sequence) values ($1, 0, 0) on conflict do nothing', [STREAM]);
  const { rows } = await pool.query('select sequence, command_sequence from risk.checkpoints where stream = $1', [STREAM]);
  return { sequence: Number(rows[0].sequence), commandSequence: Number(rows[0].command_sequence) };
}

export async function loadInstruments(client: pg.Pool | pg.PoolClient): Promise<InstrumentBook> {
  const { rows } = await client.query('select number, id, tick_size, lot_size, currency, cash_scale from risk.instruments');
  return new InstrumentBook(rows.map((row: SqlRow) => instrumentRow(row)));
}

/** True when the event changes a row of this service. */
export function matters(event: EngineEvent): boolean {
  if (event.kind === 'InstrumentRegistered') return true;
  return (event.kind === 'OrderAccepted' || event.kind === 'OrderDenied') && event.accountNumber >= FIRST_USER_ACCOUNT;
}

/**
 * Applies events and moves the checkpoint to `through`.
 *
 * @param batch.events - those that matter after the checkpoint up to `through`, in order.
 * @returns the checkpoint afterwards; beyond `through` when another instance is ahead.
 */
export function applyBatch(pool: pg.Pool, batch: { readonly events: readonly EngineEvent[]; readonly through: Checkpoint }): Promise<Checkpoint> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query('select sequence, command_sequence from risk.checkpoints where stream = $1 for update', [STREAM]);
    const stored = { sequence: Number(rows[0].sequence), commandSequence: Number(rows[0].command_sequence) };
    if (batch.through.sequence <= stored.sequence) return stored;
    const events = batch.events.filter((event) => event.sequence > stored.sequence);
    await insertInstruments(client, events.filter((event) => event.kind === 'InstrumentRegistered'));
    await insertChecks(client, events.filter((event) => event.kind === 'OrderAccepted' || event.kind === 'OrderDenied'));
    await raiseDenials(client, events.filter((event) => event.kind === 'OrderDenied'));
    await client.query('update risk.checkpoints set sequence = $2, command_sequence = $3 where stream = $1', [STREAM, batch.through.sequence, batch.through.commandSequence]);
    return batch.through;
  });
}

async function insertInstruments(client: pg.PoolClient, registered: readonly Extract<EngineEvent, { kind: 'InstrumentRegistered' }>[]): Promise<void> {
  if (registered.length === 0) return;
  await client.query(
    `insert into risk.instruments (number, id, tick_size, lot_size, currency, cash_scale)
     select * from unnest($1::int[], $2::text[], $3::numeric[], $4::numeric[], $5::text[], $6::int[]) on conflict (number) do nothing`,
    [registered.map((e) => e.instrumentNumber), registered.map((e) => e.instrumentId), registered.map((e) => e.tickSize), registered.map((e) => e.lotSize), registered.map((e) => e.currency), registered.map((e) => e.cashScale)],
  );
}

async function insertChecks(client: pg.PoolClient, judged: readonly Judged[]): Promise<void> {
  if (judged.length === 0) return;
  const of = <T>(pick: (denied: Denied) => T) => judged.map((event) => (event.kind === 'OrderDenied' ? pick(event) : null));
  await client.query(
    `insert into risk.order_checks (order_id, account_number, instrument_number, type, code, "limit", observed)
     select * from unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::bigint[]) on conflict (order_id) do nothing`,
    [judged.map((e) => e.orderId), judged.map((e) => e.accountNumber), judged.map((e) => e.instrumentNumber), judged.map((e) => e.type), of((d) => d.code), of((d) => d.limit), of((d) => d.observed)],
  );
}

/** Alerts at the time of the denial, so that a late consumer raises the same ones. */
async function raiseDenials(client: pg.PoolClient, denied: readonly Denied[]): Promise<void> {
  if (denied.length === 0) return;
  const instruments = await loadInstruments(client);
  const keyOf = ({ accountNumber, code: metric }: Denied) => ({ accountNumber, metric });
  const states = await lockStates(client, denied.map(keyOf));
  const alerts: NewAlert[] = [];
  for (const event of denied) {
    const atMs = Number(event.timestampNs / NS_PER_MS);
    const key = metricKey(keyOf(event));
    if (cooling(states.get(key), atMs)) continue;
    const level = denialLevel(event.code);
    states.set(key, { level, alertedAtMs: atMs });
    const { accountNumber, code, orderId, instrumentNumber } = event;
    alerts.push({ accountNumber, level, metric: code, ...figures(event, code, instruments.byNumber(instrumentNumber)), orderId, instrumentNumber, atMs });
  }
  await saveStates(client, denied.map((event) => ({ ...keyOf(event), state: states.get(metricKey(keyOf(event)))! })));
  await insertAlerts(client, alerts);
}
