// Splits and dividends as reference data announces them; by their ids, so a repeat changes nothing.

import type pg from 'pg';
import type { Decimal } from '@mib/model/decimal';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import type { CorporateAction } from '../domain/adjustment.ts';

export async function addCorporateActions(client: pg.ClientBase, actions: readonly CorporateAction[]): Promise<void> {
  const distinct = [...new Map(actions.map((action) => [action.id, action])).values()];
  await client.query(
    `insert into processor.corporate_actions (id, instrument_id, kind, ex_date, new_shares, old_shares, amount, currency)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::int[], $6::int[], $7::numeric[], $8::text[])
     on conflict (id) do update set ex_date = excluded.ex_date, new_shares = excluded.new_shares, old_shares = excluded.old_shares, amount = excluded.amount, currency = excluded.currency`,
    [
      distinct.map((each) => each.id), distinct.map((each) => each.instrumentId), distinct.map((each) => each.kind), distinct.map((each) => each.exDate),
      distinct.map((each) => (each.kind === 'SPLIT' ? each.newShares : null)), distinct.map((each) => (each.kind === 'SPLIT' ? each.oldShares : null)),
      distinct.map((each) => (each.kind === 'SPLIT' ? null : formatDecimal(each.amount))), distinct.map((each) => (each.kind === 'SPLIT' ? null : each.currency)),
    ],
  );
}

interface ActionRow {
  readonly id: string;
  readonly instrument_id: string;
  readonly kind: CorporateAction['kind'];
  readonly ex_date: string;
  readonly new_shares: number;
  readonly old_shares: number;
  readonly amount: string;
  readonly currency: string;
}

/** Actions of some instruments, in order of ex-date. */
export async function readCorporateActions(pool: pg.Pool, instrumentIds: readonly string[]): Promise<CorporateAction[]> {
  const { rows } = await pool.query<ActionRow>(
    `select id, instrument_id, kind, to_char(ex_date, 'YYYY-MM-DD') as ex_date, new_shares, old_shares, trim_scale(amount)::text as amount, currency
     from processor.corporate_actions where instrument_id = any($1::text[]) order by ex_date, id`,
    [instrumentIds],
  );
  return rows.map((row) => {
    const { id, instrument_id: instrumentId, ex_date: exDate } = row;
    if (row.kind === 'SPLIT') return { id, instrumentId, kind: row.kind, exDate, newShares: row.new_shares, oldShares: row.old_shares };
    return { id, instrumentId, kind: row.kind, exDate, amount: parseDecimal(row.amount), currency: row.currency };
  });
}

export async function readCurrency(pool: pg.Pool, instrumentId: string): Promise<string | null> {
  const { rows } = await pool.query<{ currency: string | null }>('select currency from processor.instruments where id = $1', [instrumentId]);
  return rows[0]?.currency ?? null;
}

/**
 * The last daily close before the ex-date of each dividend, by the dividend's id; none where there is no candle before it.
 * Daily candles stay in PostgreSQL for ever.
 */
export async function readClosesBefore(pool: pg.Pool, actions: readonly CorporateAction[]): Promise<Map<string, Decimal>> {
  const dividends = actions.filter((action) => action.kind === 'CASH_DIVIDEND');
  if (dividends.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; close: string }>(
    `select d.id, trim_scale(c.close)::text as close from unnest($1::text[], $2::text[], $3::timestamptz[]) d(id, instrument_id, ex_time)
     cross join lateral (select close from processor.candles c where c.instrument_id = d.instrument_id and c.interval = 'D1' and c.open_time < d.ex_time order by c.open_time desc, c.source limit 1) c`,
    [dividends.map((each) => each.id), dividends.map((each) => each.instrumentId), dividends.map((each) => `${each.exDate}T00:00:00Z`)],
  );
  return new Map(rows.map((row) => [row.id, parseDecimal(row.close)]));
}
