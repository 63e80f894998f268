// Reference rates of the central bank. A rate that was published anew replaces the one before.

import type pg from 'pg';
import type { ReferenceRate } from '../connectors/ecb/reference-rates.ts';
import { EURO, type Fixing } from '../domain/fx-rate.ts';

/** Rows of one statement. */
const BATCH = 5_000;

/** @returns how many were new or different. */
export async function storeRates(pool: pg.Pool, rates: readonly ReferenceRate[]): Promise<number> {
  let changed = 0;
  for (let from = 0; from < rates.length; from += BATCH) {
    const batch = rates.slice(from, from + BATCH);
    const { rowCount } = await pool.query(
      `insert into ingestion.fx_rates as known (currency, day, per_euro) select distinct on (c, d) c, d, r from unnest($1::text[], $2::date[], $3::numeric[]) as given(c, d, r)
       on conflict (currency, day) do update set per_euro = excluded.per_euro where known.per_euro <> excluded.per_euro`,
      [batch.map(({ currency }) => currency), batch.map(({ day }) => day), batch.map(({ perEuro }) => perEuro)],
    );
    changed += rowCount ?? 0;
  }
  return changed;
}

/** The newest day that has rates, YYYY-MM-DD. */
export async function newestRateDay(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ day: string | null }>(`select max(day)::text as day from ingestion.fx_rates`);
  return rows[0]!.day ?? undefined;
}

/** The latest day up to `asOf`, included, on which both currencies were fixed; undefined when there is none. Two euros are fixed on every day that anything is. */
export async function fixingOf(pool: pg.Pool, base: string, quote: string, asOf: string): Promise<Fixing | undefined> {
  const legs = [base, quote].filter((currency) => currency !== EURO);
  const { rows } = await pool.query<{ day: string; rates: Record<string, string> }>(
    `select day::text, json_object_agg(currency, trim_scale(per_euro)::text) as rates from ingestion.fx_rates where (cardinality($1::text[]) = 0 or currency = any($1)) and day <= $2::date
     group by day having cardinality($1::text[]) = 0 or count(*) = (select count(distinct wanted) from unnest($1::text[]) wanted) order by day desc limit 1`,
    [legs, asOf],
  );
  const [row] = rows;
  return row && { day: row.day, basePerEuro: base === EURO ? null : row.rates[base]!, quotePerEuro: quote === EURO ? null : row.rates[quote]! };
}
