// Forecasts in PostgreSQL, and the batched reads of the graph: each answers for many instruments in one statement.

import type pg from 'pg';
import type { Forecast } from '../domain/forecast.ts';

interface Row {
  readonly id: string;
  readonly instrument_id: string;
  readonly model_id: string;
  readonly as_of: Date;
  readonly daily_volatility: number;
  readonly lower: number;
  readonly upper: number;
  readonly baseline_volatility: number;
  readonly strength: number;
  readonly features: number[];
  readonly synthetic: boolean;
  readonly point_in_time: boolean;
  readonly outcome_open_time: Date | null;
  readonly outcome_volatility: number | null;
}

const COLUMNS = `f.id, f.instrument_id, f.model_id, f.as_of, f.daily_volatility, f.lower, f.upper, f.baseline_volatility, f.strength, f.features,
  f.synthetic, f.point_in_time, f.outcome_open_time, f.outcome_volatility`;

/**
 * Writes forecasts with what came of them.
 *
 * @returns those that are new or say something else than before; a new outcome alone does not count.
 */
export async function storeForecasts(client: pg.ClientBase, forecasts: readonly Forecast[]): Promise<Forecast[]> {
  if (forecasts.length === 0) return [];
  // JSON carries doubles exactly and rows with arrays, which unnest does not.
  const rows = JSON.stringify(forecasts.map((f) => ({
    id: f.id, instrument_id: f.instrumentId, model_id: f.modelId, as_of: new Date(f.asOfMs).toISOString(), daily_volatility: f.dailyVolatility, lower: f.lower, upper: f.upper,
    baseline_volatility: f.baselineVolatility, strength: f.strength, features: f.features, synthetic: f.synthetic, point_in_time: f.pointInTime,
    outcome_open_time: f.outcome && new Date(f.outcome.openTimeMs).toISOString(), outcome_volatility: f.outcome && f.outcome.dailyVolatility,
  })));
  const said = 'daily_volatility, lower, upper, baseline_volatility, strength, features, synthetic, point_in_time';
  const written = await client.query<{ id: string }>(
    `insert into ai.forecasts as f (id, instrument_id, model_id, as_of, ${said})
     select id, instrument_id, model_id, as_of, ${said} from jsonb_to_recordset($1::jsonb) as r(${RECORD}) order by id
     on conflict (id) do update set (${said}) = (${excluded(said)})
       where (${qualified('f', said)}) is distinct from (${excluded(said)})
     returning id`,
    [rows],
  );
  await client.query(
    `update ai.forecasts f set outcome_open_time = r.outcome_open_time, outcome_volatility = r.outcome_volatility
     from jsonb_to_recordset($1::jsonb) as r(${RECORD})
     where f.id = r.id and (f.outcome_open_time, f.outcome_volatility) is distinct from (r.outcome_open_time, r.outcome_volatility)`,
    [rows],
  );
  const ids = new Set(written.rows.map((row) => row.id));
  return forecasts.filter((forecast) => ids.has(forecast.id));
}

const RECORD = `id text, instrument_id text, model_id text, as_of timestamptz, daily_volatility float8, lower float8, upper float8, baseline_volatility float8,
  strength float8, features float8[], synthetic boolean, point_in_time boolean, outcome_open_time timestamptz, outcome_volatility float8`;

/** Deletes forecasts that knew the future and are no longer the newest. */
export async function dropHindsight(client: pg.ClientBase, instrumentId: string, modelId: string): Promise<void> {
  await client.query(
    `delete from ai.forecasts where instrument_id = $1 and model_id = $2 and not point_in_time
       and as_of < (select max(as_of) from ai.forecasts where instrument_id = $1 and model_id = $2)`,
    [instrumentId, modelId],
  );
}

export async function readForecasts(pool: pg.Pool, ids: readonly string[]): Promise<Forecast[]> {
  const { rows } = await pool.query<Row>(`select ${COLUMNS} from ai.forecasts f where f.id = any($1::text[])`, [ids]);
  return rows.map(forecastOf);
}

export interface ForecastPage {
  readonly modelId: string;
  readonly limit: number;
  /** Only earlier ones. */
  readonly beforeMs: number | null;
}

/** Newest first, at most `limit` for each instrument. */
export async function readNewestForecasts(pool: pg.Pool, instrumentIds: readonly string[], { modelId, limit, beforeMs }: ForecastPage): Promise<Map<string, Forecast[]>> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from unnest($1::text[]) i(id) cross join lateral (
       select * from ai.forecasts where instrument_id = i.id and model_id = $2 and ($4::timestamptz is null or as_of < $4) order by as_of desc limit $3
     ) f order by f.instrument_id, f.as_of desc`,
    [instrumentIds, modelId, limit, beforeMs === null ? null : new Date(beforeMs).toISOString()],
  );
  const found = new Map<string, Forecast[]>();
  for (const row of rows) found.set(row.instrument_id, [...(found.get(row.instrument_id) ?? []), forecastOf(row)]);
  return found;
}

function forecastOf(row: Row): Forecast {
  return {
    id: row.id, instrumentId: row.instrument_id, modelId: row.model_id, asOfMs: row.as_of.getTime(), dailyVolatility: row.daily_volatility, lower: row.lower, upper: row.upper,
    baselineVolatility: row.baseline_volatility, strength: row.strength, features: row.features, synthetic: row.synthetic, pointInTime: row.point_in_time,
    outcome: row.outcome_open_time && row.outcome_volatility !== null ? { openTimeMs: row.outcome_open_time.getTime(), dailyVolatility: row.outcome_volatility } : null,
  };
}

function excluded(columns: string): string {
  return qualified('excluded', columns);
}

function qualified(table: string, columns: string): string {
  return columns.split(', ').map((column) => `${table}.${column}`).join(', ');
}
