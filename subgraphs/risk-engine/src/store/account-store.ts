// Who owns which account, as trading-engine announced it.

import { inTransaction } from '@mib/service/database';
import type pg from 'pg';
import type { AccountRow } from '../domain/account.ts';
import { announceAlerts } from './alert-store.ts';
import type { SqlRow } from './rows.ts';
import { signal } from './signals.ts';

const COLUMNS = 'number, id, user_id, name, base_currency';

/** Stores accounts, again or anew; alerts that waited for their owner leave with them. */
export function storeAccounts(pool: pg.Pool, accounts: readonly AccountRow[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    const latest = [...new Map(accounts.map((account) => [account.number, account])).values()].sort((a, b) => a.number - b.number);
    await client.query(
      `insert into risk.accounts (${COLUMNS}) select * from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[])
       on conflict (number) do update set id = excluded.id, user_id = excluded.user_id, name = excluded.name, base_currency = excluded.base_currency`,
      [latest.map((a) => a.number), latest.map((a) => a.id), latest.map((a) => a.userId), latest.map((a) => a.name), latest.map((a) => a.baseCurrency)],
    );
    await announceAlerts(client, latest.map((account) => account.number));
    await signal(client, latest.map(({ id, number }) => ({ kind: 'account', id, number })));
  });
}

export async function accountsByIds(pool: pg.Pool, ids: readonly string[]): Promise<AccountRow[]> {
  const { rows } = await pool.query(`select ${COLUMNS} from risk.accounts where id = any($1::text[])`, [ids]);
  return rows.map(accountRow);
}

export async function accountsByNumbers(pool: pg.Pool, numbers: readonly number[]): Promise<AccountRow[]> {
  const { rows } = await pool.query(`select ${COLUMNS} from risk.accounts where number = any($1::int[])`, [numbers]);
  return rows.map(accountRow);
}

export async function allAccountNumbers(pool: pg.Pool): Promise<number[]> {
  const { rows } = await pool.query<{ number: number }>('select number from risk.accounts order by number');
  return rows.map((row) => row.number);
}

function accountRow(row: SqlRow): AccountRow {
  return { number: row.number, id: row.id, userId: row.user_id, name: row.name, baseCurrency: row.base_currency };
}
