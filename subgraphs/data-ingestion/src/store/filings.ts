// Filings and facts as rows. What was filed is never changed: later filings add.

import type pg from 'pg';
import type { CompanyFact, Filing } from '../domain/filing.ts';

/** Rows of one statement. */
const BATCH = 5_000;

export interface FilingPage {
  readonly limit: number;
  /** Behind this filing. */
  readonly after: { readonly filed: string; readonly accession: string } | undefined;
  readonly forms: readonly string[] | undefined;
}

/** @returns how many were new. */
export async function storeFilings(pool: pg.Pool, filings: readonly Filing[]): Promise<number> {
  let stored = 0;
  for (let from = 0; from < filings.length; from += BATCH) {
    const batch = filings.slice(from, from + BATCH);
    const column = <T>(value: (filing: Filing) => T): T[] => batch.map(value);
    const { rowCount } = await pool.query(
      `insert into ingestion.filings (cik, accession, form, filed, accepted_at, report_date, primary_document, description)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::timestamptz[], $6::date[], $7::text[], $8::text[]) on conflict do nothing`,
      [
        column((each) => each.cik), column((each) => each.accession), column((each) => each.form), column((each) => each.filed),
        column((each) => each.acceptedAt), column((each) => each.reportDate), column((each) => each.primaryDocument), column((each) => each.description),
      ],
    );
    stored += rowCount ?? 0;
  }
  return stored;
}

/** @returns how many were new. */
export async function storeFacts(pool: pg.Pool, facts: readonly CompanyFact[]): Promise<number> {
  let stored = 0;
  for (let from = 0; from < facts.length; from += BATCH) {
    const batch = facts.slice(from, from + BATCH);
    const column = <T>(value: (fact: CompanyFact) => T): T[] => batch.map(value);
    const { rowCount } = await pool.query(
      `insert into ingestion.facts (cik, taxonomy, concept, unit, period_start, period_end, value, accession, fiscal_year, fiscal_period, form, filed)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::numeric[], $8::text[], $9::int[], $10::text[], $11::text[], $12::date[]) on conflict do nothing`,
      [
        column((each) => each.cik), column((each) => each.taxonomy), column((each) => each.concept), column((each) => each.unit), column((each) => each.periodStart), column((each) => each.periodEnd),
        column((each) => each.value), column((each) => each.accession), column((each) => each.fiscalYear), column((each) => each.fiscalPeriod), column((each) => each.form), column((each) => each.filed),
      ],
    );
    stored += rowCount ?? 0;
  }
  return stored;
}

/** Newest first. */
export async function filingsOf(pool: pg.Pool, cik: string, { limit, after, forms }: FilingPage): Promise<readonly Filing[]> {
  const { rows } = await pool.query<Filing>(
    `select cik, accession, form, filed::text, accepted_at as "acceptedAt", report_date::text as "reportDate", primary_document as "primaryDocument", description
     from ingestion.filings where cik = $1 and ($2::date is null or (filed, accession) < ($2, $3)) and ($4::text[] is null or form = any($4)) order by filed desc, accession desc limit $5`,
    [cik, after?.filed ?? null, after?.accession ?? '', forms ?? null, limit],
  );
  return rows;
}

/**
 * What was public at the end of the day `asOf`: of each concept and unit the facts of the latest period that had been reported by
 * then, each as the last filing up to then says it. Several have the same end when a quarter and the year to date are reported together.
 */
export async function factsAsOf(pool: pg.Pool, cik: string, asOf: string, concepts: readonly string[]): Promise<readonly CompanyFact[]> {
  const { rows } = await pool.query<CompanyFact>(
    `with known as (
       select f.*, max(f.period_end) over (partition by f.taxonomy, f.concept, f.unit) as latest,
         row_number() over (partition by f.taxonomy, f.concept, f.unit, f.period_start, f.period_end order by f.filed desc, f.accession desc) as version
       from ingestion.facts f where f.cik = $1 and f.filed <= $2::date and f.concept = any($3))
     select cik, taxonomy, concept, unit, period_start::text as "periodStart", period_end::text as "periodEnd", trim_scale(value)::text as value, accession, fiscal_year as "fiscalYear", fiscal_period as "fiscalPeriod", form, filed::text
     from known where version = 1 and period_end = latest order by taxonomy, concept, unit, period_start desc nulls first`,
    [cik, asOf, concepts],
  );
  return rows;
}
