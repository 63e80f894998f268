// The instruments that exist, from two authorities: reference data for all of them, the engine for the tick and lot sizes
// of those that trade. The engine's registrations come in the same stream as its trades, always before them.

import type pg from 'pg';
import type { Decimal } from '@mib/model/decimal';
import { parseDecimal } from '@mib/model/decimal';

export interface EngineInstrument {
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: Decimal;
  readonly lotSize: Decimal;
}

/** What the engine says of an instrument; sizes as decimal text. */
export interface Registration {
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: string;
  readonly lotSize: string;
}

export async function addInstruments(client: pg.ClientBase, instruments: readonly { readonly id: string; readonly name: string | null }[]): Promise<void> {
  if (instruments.length === 0) return;
  const distinct = [...new Map(instruments.map((each) => [each.id, each])).values()];
  await client.query(
    `insert into processor.instruments (id, name) select * from unnest($1::text[], $2::text[])
     on conflict (id) do update set name = coalesce(excluded.name, instruments.name)`,
    [distinct.map((each) => each.id), distinct.map((each) => each.name)],
  );
}

/** The engine never changes a registration, so the first one stays. */
export async function addRegistrations(client: pg.ClientBase, registrations: readonly Registration[]): Promise<void> {
  if (registrations.length === 0) return;
  await addInstruments(client, registrations.map((each) => ({ id: each.instrumentId, name: null })));
  await client.query(
    `insert into processor.engine_instruments (number, instrument_id, tick_size, lot_size)
     select * from unnest($1::int[], $2::text[], $3::numeric[], $4::numeric[]) on conflict do nothing`,
    [registrations.map((each) => each.instrumentNumber), registrations.map((each) => each.instrumentId), registrations.map((each) => each.tickSize), registrations.map((each) => each.lotSize)],
  );
}

export async function readEngineInstruments(client: pg.ClientBase | pg.Pool): Promise<EngineInstrument[]> {
  const { rows } = await client.query<{ number: number; instrument_id: string; tick: string; lot: string }>(
    'select number, instrument_id, trim_scale(tick_size)::text as tick, trim_scale(lot_size)::text as lot from processor.engine_instruments',
  );
  return rows.map((row) => ({ instrumentNumber: row.number, instrumentId: row.instrument_id, tickSize: parseDecimal(row.tick), lotSize: parseDecimal(row.lot) }));
}

/** Those of `ids` that exist. */
export async function knownInstruments(pool: pg.Pool, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>('select id from processor.instruments where id = any($1::text[])', [ids]);
  return new Set(rows.map((row) => row.id));
}
