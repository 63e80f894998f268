// Corporate actions as rows. An import is one transaction with its announcements; an action that is stored already is left
// as it is, and one that says something else about the same day is handed back as a conflict.

import type pg from 'pg';
import { inTransaction } from '@mib/service/database';
import { writeOutbox } from '@mib/service/outbox';
import { termsOf, type CorporateAction, type CorporateActionKind } from '../domain/corporate-action.ts';
import { CORPORATE_ACTIONS_TOPIC, corporateActionRecord } from '../events.ts';

export interface StoredActions {
  readonly stored: number;
  /** Actions that contradict a stored one, with what is stored. */
  readonly conflicts: readonly { readonly action: CorporateAction; readonly stored: CorporateAction }[];
}

/** Rows of one statement. */
const BATCH = 1_000;
/** Actions of one instrument that are shown; fifty years of quarterly dividends are 200. */
export const MAX_ACTIONS = 1_000;

/** @param actions - at most one of each id. */
export function storeActions(pool: pg.Pool, actions: readonly CorporateAction[]): Promise<StoredActions> {
  return inTransaction(pool, async (client) => {
    // Two imports that hold the same actions in different orders would wait for each other.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('ingestion.corporate_actions', 0))`);
    let stored = 0;
    const conflicts: StoredActions['conflicts'][number][] = [];
    for (let from = 0; from < actions.length; from += BATCH) {
      const batch = actions.slice(from, from + BATCH);
      const inserted = await insert(client, batch);
      stored += inserted.size;
      conflicts.push(...(await findConflicts(client, batch.filter((action) => !inserted.has(action.id)))));
      await writeOutbox(client, 'ingestion', CORPORATE_ACTIONS_TOPIC, batch.filter((action) => inserted.has(action.id)).map(corporateActionRecord));
    }
    return { stored, conflicts };
  });
}

/** By day, oldest first; at most the newest MAX_ACTIONS of each instrument. `from` and `to` are dates, both included. */
export async function actionsOfInstruments(pool: pg.Pool, instrumentNumbers: readonly number[], range: { readonly from?: string | undefined; readonly to?: string | undefined }): Promise<Map<number, CorporateAction[]>> {
  const { rows } = await pool.query<ActionRow>(
    `select ${COLUMNS} from unnest($1::int[]) wanted(number) cross join lateral (
       select * from ingestion.corporate_actions a where a.instrument_number = wanted.number and ($2::date is null or a.ex_date >= $2) and ($3::date is null or a.ex_date <= $3)
       order by a.ex_date desc, a.kind desc limit ${MAX_ACTIONS}) a
     join ingestion.instruments i on i.number = a.instrument_number order by a.ex_date, a.kind`,
    [instrumentNumbers, range.from ?? null, range.to ?? null],
  );
  const found = new Map<number, CorporateAction[]>(instrumentNumbers.map((number) => [number, []]));
  for (const row of rows) found.get(row.instrument_number)!.push(fromRow(row));
  return found;
}

const COLUMNS = `a.id, i.id as instrument_id, a.instrument_number, a.kind, a.ex_date::text, a.new_shares, a.old_shares, trim_scale(a.amount)::text as amount, a.currency`;

interface ActionRow {
  readonly id: string;
  readonly instrument_id: string;
  readonly instrument_number: number;
  readonly kind: CorporateActionKind;
  readonly ex_date: string;
  readonly new_shares: number | null;
  readonly old_shares: number | null;
  readonly amount: string | null;
  readonly currency: string | null;
}

function fromRow({ id, instrument_id: instrumentId, instrument_number: instrumentNumber, kind, ex_date: exDate, ...terms }: ActionRow): CorporateAction {
  const facts = { id, instrumentId, instrumentNumber, exDate };
  return kind === 'SPLIT' ? { ...facts, kind, newShares: terms.new_shares!, oldShares: terms.old_shares! } : { ...facts, kind, amount: terms.amount!, currency: terms.currency! };
}

/** @returns the ids that were new. */
async function insert(client: pg.PoolClient, actions: readonly CorporateAction[]): Promise<ReadonlySet<string>> {
  const column = <T>(value: (action: CorporateAction) => T): T[] => actions.map(value);
  const { rows } = await client.query<{ id: string }>(
    `insert into ingestion.corporate_actions (id, instrument_number, kind, ex_date, new_shares, old_shares, amount, currency)
     select * from unnest($1::text[], $2::int[], $3::text[], $4::date[], $5::int[], $6::int[], $7::numeric[], $8::text[]) on conflict do nothing returning id`,
    [
      column((each) => each.id), column((each) => each.instrumentNumber), column((each) => each.kind), column((each) => each.exDate),
      column((each) => (each.kind === 'SPLIT' ? each.newShares : null)), column((each) => (each.kind === 'SPLIT' ? each.oldShares : null)),
      column((each) => (each.kind === 'CASH_DIVIDEND' ? each.amount : null)), column((each) => (each.kind === 'CASH_DIVIDEND' ? each.currency : null)),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

async function findConflicts(client: pg.PoolClient, known: readonly CorporateAction[]): Promise<{ action: CorporateAction; stored: CorporateAction }[]> {
  if (known.length === 0) return [];
  const { rows } = await client.query<ActionRow>(
    `select ${COLUMNS} from ingestion.corporate_actions a join ingestion.instruments i on i.number = a.instrument_number where a.id = any($1)`, [known.map(({ id }) => id)],
  );
  const stored = new Map(rows.map((row) => [row.id, fromRow(row)]));
  return known.flatMap((action) => (termsOf(action) === termsOf(stored.get(action.id)!) ? [] : [{ action, stored: stored.get(action.id)! }]));
}
