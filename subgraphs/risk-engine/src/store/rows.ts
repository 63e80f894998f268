// The way from pg's texts (bigint and numeric come as strings) to rows of the domain, one function a table.

import { parseDecimal } from '@mib/model/decimal';
import type { RiskInstrument } from '../domain/instrument.ts';
import type { LimitVersion, TradingStateVersion } from '../domain/intent.ts';

/** A row as pg hands it out; the select lists name what is in it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type SqlRow = any;

export function instrumentRow(row: SqlRow): RiskInstrument {
  return {
    number: row.number,
    id: row.id,
    tickSize: parseDecimal(plain(row.tick_size)),
    lotSize: parseDecimal(plain(row.lot_size)),
    currency: row.currency,
    cashScale: row.cash_scale,
  };
}

export function limitVersion(row: SqlRow): LimitVersion {
  return { ...intent(row), terms: row.terms, ceiling: row.ceiling };
}

export function tradingStateVersion(row: SqlRow): TradingStateVersion {
  return { ...intent(row), state: row.state, floor: row.floor, reason: row.reason };
}

/** numeric(38,18) comes with all its zeros; a figure shows as many decimals as it needs. */
export function plain(numeric: string): string {
  return numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric;
}

function intent(row: SqlRow) {
  return { accountNumber: row.account_number as number, version: row.version as number, actor: row.actor as string, createdAt: row.created_at as Date, appliedAt: row.applied_at as Date | null, newest: row.newest as boolean };
}
