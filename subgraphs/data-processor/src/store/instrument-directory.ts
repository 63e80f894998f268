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

/** What reference data says; null where a record does not. */
export interface KnownInstrument {
  readonly id: string;
  readonly name: string | null;
  readonly currency: string | null;
  /** Id of its venue's calendar. */
  readonly calendar: string | null;
}

/** What the engine says of an instrument; sizes as decimal text. */
export interface Registration {
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: string;
  readonly lotSize: string;
}

export async function addInstruments(client: pg.ClientBase, instruments: readonly KnownInstrument[]): Promise<void> {
  if (instruments.length === 0) return;
  const distinct = [...new Map(instruments.map((each) => [each.id, each])).values()];
  await client.query(
    `insert into processor.instruments (id, name, currency, calendar) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
     on conflict (id) do update set name = coalesce(excluded.name, instruments.name), currency = coalesce(excluded.currency, instruments.currency), calendar = coalesce(excluded.calendar, instruments.calendar)`,
    [distinct.map((each) => each.id), distinct.map((each) => each.name), distinct.map((each) => each.currency), distinct.map((each) => each.calendar)],
  );
}

/** The engine never changes a registration, so the first one stays. */
export async function addRegistrations(client: pg.ClientBase, registrations: readonly Registration[]): Promise<void> {
  if (registrations.length === 0) return;
  await addInstruments(client, registrations.map((each) => ({ id: each.instrumentId, name: null, currency: null, calendar: null })));
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

/** Calendars of the instruments that have one. */
export async function readCalendars(pool: pg.Pool): Promise<{ readonly id: string; readonly calendar: string }[]> {
  const { rows } = await pool.query<{ id: string; calendar: string }>('select id, calendar from processor.instruments where calendar is not null');
  return rows;
}

/** Ids in order, at most `limit`. */
export async function allInstruments(pool: pg.Pool, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select id from processor.instruments order by id limit $1', [limit]);
  return rows.map((row) => row.id);
}

/** Those of `ids` that exist. */
export async function knownInstruments(pool: pg.Pool, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>('select id from processor.instruments where id = any($1::text[])', [ids]);
  return new Set(rows.map((row) => row.id));
}
