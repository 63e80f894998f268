// What sources and venues call instruments, where that is not the symbol.

import type pg from 'pg';

/** Names of one instrument that are shown. */
export const MAX_ALIASES = 100;

export interface SymbolAlias {
  readonly source: string;
  readonly symbol: string;
}

/** @returns the number of the instrument that has the name then: another one's where it was taken. */
export async function addAlias(pool: pg.Pool, { source, symbol }: SymbolAlias, instrumentNumber: number): Promise<number> {
  await pool.query('insert into ingestion.symbol_aliases (source, symbol, instrument_number) values ($1, $2, $3) on conflict do nothing', [source, symbol, instrumentNumber]);
  return (await aliasOwner(pool, { source, symbol }))!;
}

/** Number of the instrument that a source calls so. */
export async function aliasOwner(pool: pg.Pool, { source, symbol }: SymbolAlias): Promise<number | undefined> {
  const { rows } = await pool.query<{ number: number }>('select instrument_number as number from ingestion.symbol_aliases where source = $1 and symbol = $2', [source, symbol]);
  return rows[0]?.number;
}

/** By instrument, sorted; at most MAX_ALIASES of each. */
export async function aliasesOf(pool: pg.Pool, instrumentNumbers: readonly number[]): Promise<Map<number, SymbolAlias[]>> {
  const { rows } = await pool.query<SymbolAlias & { number: number }>(
    `select a.* from unnest($1::int[]) wanted(number) cross join lateral (
       select instrument_number as number, source, symbol from ingestion.symbol_aliases where instrument_number = wanted.number order by source, symbol limit ${MAX_ALIASES}) a order by a.source, a.symbol`,
    [instrumentNumbers],
  );
  const found = new Map<number, SymbolAlias[]>(instrumentNumbers.map((number) => [number, []]));
  for (const { number, source, symbol } of rows) found.get(number)!.push({ source, symbol });
  return found;
}
