// Reads of positions and cash as the projection has them.

import type pg from 'pg';
import type { CashRow, PositionRow } from '../domain/ledger.ts';
import { cashRow, positionRow } from './rows.ts';

export async function positionsByAccounts(pool: pg.Pool, accountNumbers: readonly number[]): Promise<PositionRow[]> {
  const { rows } = await pool.query('select * from trading.positions where account_number = any($1::int[])', [accountNumbers]);
  return rows.map(positionRow);
}

export interface PositionName {
  readonly accountNumber: number;
  readonly instrumentNumber: number;
}

export async function positionsByNames(pool: pg.Pool, names: readonly PositionName[]): Promise<PositionRow[]> {
  const { rows } = await pool.query(
    'select p.* from trading.positions p join unnest($1::int[], $2::int[]) n(account_number, instrument_number) using (account_number, instrument_number)',
    [names.map((name) => name.accountNumber), names.map((name) => name.instrumentNumber)],
  );
  return rows.map(positionRow);
}

/** Positions whose last fill lies behind a sequence, oldest change first. */
export async function positionsChangedAfter(pool: pg.Pool, accountNumber: number, sequence: number, limit: number): Promise<PositionRow[]> {
  const { rows } = await pool.query('select * from trading.positions where account_number = $1 and sequence > $2 order by sequence limit $3', [accountNumber, sequence, limit]);
  return rows.map(positionRow);
}

/** Cash and positions of accounts as of one checkpoint: one statement, one snapshot. */
export async function holdingsByAccounts(pool: pg.Pool, accountNumbers: readonly number[]): Promise<{ readonly cash: readonly CashRow[]; readonly positions: readonly PositionRow[] }> {
  const { rows } = await pool.query(
    `select (select coalesce(jsonb_agg(jsonb_build_object('account_number', account_number, 'currency', currency, 'total_units', total_units::text)), '[]')
               from trading.cash where account_number = any($1::int[])) as cash,
            (select coalesce(jsonb_agg(jsonb_build_object('account_number', account_number, 'instrument_number', instrument_number, 'quantity_lots', quantity_lots::text,
               'cost', cost::text, 'realised', realised::text, 'fee_units', fee_units::text, 'sequence', sequence::text, 'updated_at_ns', updated_at_ns::text)), '[]')
               from trading.positions where account_number = any($1::int[])) as positions`,
    [accountNumbers],
  );
  return { cash: rows[0].cash.map(cashRow), positions: rows[0].positions.map(positionRow) };
}
