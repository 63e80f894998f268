// Reads a CSV file of corporate actions. Columns are found by name in any order: `symbol`, `ex_date` and `kind`, then
// `ratio` of splits, `amount` and optionally `currency` of dividends, and optionally `venue`. A row that cannot be read is
// a reject with its line; only a file without a usable header is refused as a whole.

import type { Readable } from 'node:stream';
import { isCalendarDate } from '@mib/model/timestamp';
import { InvalidValueError } from '@mib/model/invalid-value';
import { ClientError } from '@mib/service/errors';
import type { ImportReject, ImportRejectCode } from './bar.ts';
import { parseDividend, parseSplit, type ActionTerms } from './corporate-action.ts';
import { readLines, type TextLine } from './text-lines.ts';

/** `venueId` and `currency` are undefined where the file does not say. */
export interface ActionRow {
  readonly kind: 'action';
  readonly line: number;
  readonly symbol: string;
  readonly venueId: string | undefined;
  readonly exDate: string;
  /** The terms, once it is known in which currency the instrument trades. @throws {InvalidValueError} */
  readonly terms: (instrumentCurrency: string) => ActionTerms;
}

export type ActionFileRow = ActionRow | ({ readonly kind: 'reject' } & ImportReject);

/** Rows of one file; they are in memory until all are read. */
export const MAX_ACTION_ROWS = 100_000;

const COLUMN_NAMES = {
  symbol: ['symbol', 'ticker'],
  venue: ['venue', 'exchange', 'mic'],
  exDate: ['ex_date', 'exdate', 'ex-date', 'date'],
  kind: ['kind', 'type', 'action'],
  ratio: ['ratio', 'split_ratio', 'split'],
  amount: ['amount', 'dividend', 'cash_amount'],
  currency: ['currency'],
} as const;
type Column = keyof typeof COLUMN_NAMES;
type Columns = Readonly<Record<Column, number>> & { readonly width: number };

const SPLIT_WORDS = new Set(['split', 'stock_split', 'forward_split', 'reverse_split']);
const DIVIDEND_WORDS = new Set(['cash_dividend', 'dividend', 'div', 'cash']);

/** @throws {ClientError} VALIDATION for a header without the needed columns, or more than MAX_ACTION_ROWS. */
export async function readActionRows(source: Readable): Promise<readonly ActionFileRow[]> {
  let columns: Columns | undefined;
  const rows: ActionFileRow[] = [];
  for await (const lines of readLines(source)) {
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      if (!columns) columns = findColumns(fieldsOf(line));
      else if (rows.length >= MAX_ACTION_ROWS) throw refused(`file must have at most ${MAX_ACTION_ROWS} rows`);
      else rows.push(readRow(line, columns));
    }
  }
  if (!columns) throw refused('file must begin with a header, it has none');
  return rows;
}

function findColumns(header: readonly string[]): Columns {
  const names = header.map((name) => name.toLowerCase());
  const find = (column: Column): number => names.findIndex((name) => (COLUMN_NAMES[column] as readonly string[]).includes(name));
  const columns = { symbol: find('symbol'), venue: find('venue'), exDate: find('exDate'), kind: find('kind'), ratio: find('ratio'), amount: find('amount'), currency: find('currency'), width: names.length };
  const missing = (['symbol', 'exDate', 'kind'] as const).find((column) => columns[column] < 0);
  if (missing) throw refused(`header must have a column ${COLUMN_NAMES[missing].join(' or ')}, was ${JSON.stringify(names.join(',').slice(0, 120))}`);
  if (columns.ratio < 0 && columns.amount < 0) throw refused('header must have a column ratio or amount');
  return columns;
}

function readRow(line: TextLine, columns: Columns): ActionFileRow {
  const refuse = (code: ImportRejectCode, reason: string): ActionFileRow => ({ kind: 'reject', line: line.number, code, reason });
  const fields = fieldsOf(line);
  if (fields.length !== columns.width) return refuse('MALFORMED_ROW', `row must have ${columns.width} fields, had ${fields.length}`);
  const field = (column: Column): string | undefined => fields[columns[column]] || undefined;
  const missing = (['symbol', 'exDate', 'kind'] as const).find((column) => field(column) === undefined);
  if (missing) return refuse('MISSING_VALUE', `${missing} is missing`);
  const exDate = field('exDate')!;
  if (!isCalendarDate(exDate)) return refuse('INVALID_TIME', `ex_date must be a date such as 2020-08-31, was ${JSON.stringify(exDate.slice(0, 40))}`);
  const word = field('kind')!.toLowerCase().replace(/[\s-]+/g, '_');
  const subject = { kind: 'action', line: line.number, symbol: field('symbol')!, venueId: field('venue'), exDate } as const;
  const { ratio, amount, currency } = { ratio: field('ratio'), amount: field('amount'), currency: field('currency') };
  if (SPLIT_WORDS.has(word)) return ratio === undefined ? refuse('MISSING_VALUE', 'ratio is missing') : { ...subject, terms: () => parseSplit(ratio) };
  if (!DIVIDEND_WORDS.has(word)) return refuse('INVALID_VALUE', `kind must be SPLIT or CASH_DIVIDEND, was ${JSON.stringify(field('kind')!.slice(0, 40))}`);
  return amount === undefined ? refuse('MISSING_VALUE', 'amount is missing') : { ...subject, terms: (instrumentCurrency) => parseDividend(amount, currency ?? instrumentCurrency) };
}

/** None of the values may hold a comma, so quotes are ornaments. */
function fieldsOf({ text }: TextLine): string[] {
  return text.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1').trim());
}

/** What `terms` refused, as a reject of its row. @throws what is not about a value. */
export function rejectOf(line: number, error: unknown): ImportReject {
  if (!(error instanceof InvalidValueError)) throw error;
  return { line, code: 'INVALID_VALUE', reason: error.message };
}

function refused(message: string): ClientError {
  return new ClientError('VALIDATION', message, { field: ['input', 'uri'] });
}
