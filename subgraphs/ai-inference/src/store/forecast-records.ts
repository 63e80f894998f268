// How forecasts did after the fact, per instrument, by the same loss as the scoreboards: counted by the database from the
// forecasts as they were made.

import type pg from 'pg';

export interface ForecastRecord {
  readonly days: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly qlike: number;
  readonly baselineQlike: number;
  readonly intervalCoverage: number;
}

interface Row {
  readonly instrument_id: string;
  readonly days: number;
  readonly from_time: Date;
  readonly to_time: Date;
  readonly qlike: number;
  readonly baseline_qlike: number;
  readonly coverage: number;
}

/** By instrument; those without an outcome are missing. Volatilities are squared: the loss is about variances. */
export async function readForecastRecords(pool: pg.Pool, instrumentIds: readonly string[], modelId: string): Promise<Map<string, ForecastRecord>> {
  const { rows } = await pool.query<Row>(
    `select instrument_id, count(*)::int as days, min(outcome_open_time) as from_time, max(outcome_open_time) as to_time,
       avg(model - ln(model) - 1) as qlike, avg(baseline - ln(baseline) - 1) as baseline_qlike, avg(covered::int)::float8 as coverage
     from (
       select instrument_id, outcome_open_time, (outcome_volatility / daily_volatility) ^ 2 as model, (outcome_volatility / baseline_volatility) ^ 2 as baseline,
         outcome_volatility between lower and upper as covered
       from ai.forecasts where instrument_id = any($1::text[]) and model_id = $2 and point_in_time and outcome_volatility is not null
     ) as scored group by instrument_id`,
    [instrumentIds, modelId],
  );
  return new Map(rows.map((row) => [row.instrument_id, {
    days: row.days, fromMs: row.from_time.getTime(), toMs: row.to_time.getTime(), qlike: row.qlike, baselineQlike: row.baseline_qlike, intervalCoverage: row.coverage,
  }]));
}
