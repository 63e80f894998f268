-- What Prisma cannot express for data-ingestion.

-- A filing says one thing once; a fact of one day has no start, and two of these are the same as well.
CREATE UNIQUE INDEX facts_once_idx ON ingestion.facts (cik, concept, unit, period_end, period_start, taxonomy, accession) NULLS NOT DISTINCT;
