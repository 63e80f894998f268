// The performance of several accounts over one range: one statement for their flows, one for the closes, one for each
// round of fills, whatever the number of accounts. Fills come in bounded rounds and are forgotten once played.

import { ClientError } from '@mib/service/errors';
import type { QuoteSnapshot } from '@mib/proto/engine-client';
import type pg from 'pg';
import { AccountHistory, type AccountPerformance } from '../domain/account-history.ts';
import { dayOfDate, livedDays, type DayRange } from '../domain/calendar.ts';
import type { Place } from '../domain/cursor.ts';
import type { InstrumentBook } from '../domain/instrument-book.ts';
import type { CashFlowRow, FillRow } from '../domain/ledger.ts';
import type { LotMethod } from '../domain/lots.ts';
import { markOf } from '../domain/valuation.ts';
import type { AccountRow } from './account-store.ts';
import { readCloses } from './daily-closes.ts';
import { LONGEST_HISTORY } from './lot-reader.ts';
import { positionsByAccounts } from './position-reader.ts';
import { FILL_COLUMNS, cashFlowRow, fillRow } from './rows.ts';

export interface PerformanceQuestion extends DayRange {
  readonly method: LotMethod;
  readonly today: string;
}

export interface PerformanceSources {
  readonly pool: pg.Pool;
  readonly instruments: () => InstrumentBook;
  /** Engine event up to which histories are read. */
  readonly through: number;
  readonly quote: (instrumentNumber: number) => Promise<QuoteSnapshot | null>;
}

type Outcome = AccountPerformance | Error;

/** Of one account in one round. */
const FILLS_PER_ROUND = 2_000;

/** @returns for each account, in order, how it did or why that cannot be said. */
export function performanceReader(sources: PerformanceSources) {
  return async (accounts: readonly AccountRow[], question: PerformanceQuestion): Promise<Outcome[]> => {
    const positions = await positionsByAccounts(sources.pool, accounts.map((account) => account.number));
    const instruments = sources.instruments();
    const traded = [...new Set(positions.map((position) => position.instrumentNumber))];
    const closes = await readCloses(sources.pool, traded.map((number) => instruments.get(number).id), question);
    const held = [...new Set(positions.filter((position) => position.quantityLots !== 0n).map((position) => position.instrumentNumber))];
    const quotes = question.throughDay >= question.today ? await readQuotes(sources, held) : new Map<number, QuoteSnapshot | null>();

    const outcomes = new Map<number, Outcome>();
    const histories = new Map<number, AccountHistory>();
    for (const account of accounts) {
      const started = startHistory(account, question, { instruments, closes, quotes });
      if (started instanceof AccountHistory) histories.set(account.number, started);
      else outcomes.set(account.number, started);
    }
    for (const number of await play(sources, histories)) outcomes.set(number, new ClientError('UNAVAILABLE', `the account has more than ${LONGEST_HISTORY} fills`));
    return accounts.map(({ number }) => outcomes.get(number) ?? histories.get(number)!.finish());
  };
}

interface Market {
  readonly instruments: InstrumentBook;
  readonly closes: Awaited<ReturnType<typeof readCloses>>;
  readonly quotes: ReadonlyMap<number, QuoteSnapshot | null>;
}

function startHistory(account: AccountRow, question: PerformanceQuestion, { instruments, closes, quotes }: Market): AccountHistory | Outcome {
  const { method, today } = question;
  try {
    const lived = livedDays(question, { openedDay: dayOfDate(account.createdAt), today });
    if (!lived) return NOTHING;
    return new AccountHistory({
      ...lived, today, method, baseCurrency: account.baseCurrency, instruments, closes, markOf: (instrument) => markOf(quotes.get(instrument.number) ?? null, instrument),
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const NOTHING: AccountPerformance = {
  complete: true, days: 0, observations: 0, twr: 0, mwr: null, sharpe: null, sortino: null, maxDrawdown: 0, volatility: null,
  realised: { units: 0n, scale: 0 }, unrealised: { units: 0n, scale: 0 }, fees: { units: 0n, scale: 0 }, missingPrices: [], missingRates: [],
};

async function readQuotes({ quote }: PerformanceSources, instrumentNumbers: readonly number[]): Promise<Map<number, QuoteSnapshot | null>> {
  try {
    return new Map(await Promise.all(instrumentNumbers.map(async (number) => [number, await quote(number)] as const)));
  } catch (error) {
    throw new ClientError('UNAVAILABLE', 'the engine cannot be reached', { cause: error });
  }
}

/** Plays flows and fills in the order of the engine; returns the accounts whose history is too long. */
async function play({ pool, through }: PerformanceSources, histories: ReadonlyMap<number, AccountHistory>): Promise<number[]> {
  const flows = await flowsByAccounts(pool, [...histories.keys()], through);
  const places = new Map<number, Place>([...histories.keys()].map((number) => [number, { sequence: 0, leg: 1 }]));
  for (let count = 0; count < LONGEST_HISTORY && places.size > 0; count += FILLS_PER_ROUND) {
    const fills = byAccount(await nextFills(pool, places, through));
    for (const number of [...places.keys()]) {
      const own = fills.get(number) ?? [];
      for (const fill of own) playFill(histories.get(number)!, flows.get(number), fill);
      if (own.length === FILLS_PER_ROUND) places.set(number, own.at(-1)!);
      else {
        for (const flow of flows.get(number) ?? []) histories.get(number)!.flow(flow);
        places.delete(number);
      }
    }
  }
  return [...places.keys()];
}

/** Plays the flows before the fill first; those that are played leave the list. */
function playFill(history: AccountHistory, flows: CashFlowRow[] | undefined, fill: FillRow): void {
  while (flows?.[0] && flows[0].sequence < fill.sequence) history.flow(flows.shift()!);
  history.fill(fill);
}

async function flowsByAccounts(pool: pg.Pool, accountNumbers: readonly number[], through: number): Promise<Map<number, CashFlowRow[]>> {
  const { rows } = await pool.query('select * from trading.cash_flows where account_number = any($1::int[]) and sequence <= $2 order by sequence', [accountNumbers, through]);
  return byAccount(rows.map(cashFlowRow));
}

async function nextFills(pool: pg.Pool, places: ReadonlyMap<number, Place>, through: number): Promise<FillRow[]> {
  const { rows } = await pool.query(
    `select ${FILL_COLUMNS} from unnest($1::int[], $2::bigint[], $3::smallint[]) a(number, sequence, leg) cross join lateral (
       select * from trading.fills f where f.account_number = a.number and (f.sequence, f.leg) > (a.sequence, a.leg) and f.sequence <= $4
       order by f.sequence, f.leg limit $5) f order by f.account_number, f.sequence, f.leg`,
    [[...places.keys()], [...places.values()].map((place) => place.sequence), [...places.values()].map((place) => place.leg), through, FILLS_PER_ROUND],
  );
  return rows.map(fillRow);
}

function byAccount<T extends { readonly accountNumber: number }>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.accountNumber);
    if (group) group.push(row);
    else groups.set(row.accountNumber, [row]);
  }
  return groups;
}
