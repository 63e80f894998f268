// Filings with the SEC, and what a company had reported by a day. All public.

import { ClientError } from '@mib/service/errors';
import type { Context } from '../context.ts';
import { filingUrl, USUAL_CONCEPTS, type CompanyFact, type Filing as FilingRow } from '../domain/filing.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { FilingResolvers } from '../generated/resolvers-types.ts';
import { factsAsOf, filingsOf } from '../store/filings.ts';
import { checkFirst, readCursor, toCursor, toPage, type Page } from './connection.ts';
import { checkDate } from './dates.ts';

const MAX_NAMES = 100;

export const Filing: FilingResolvers = {
  id: ({ accession }) => accession,
  acceptedAt: ({ acceptedAt }) => acceptedAt?.toISOString() ?? null,
  url: (filing) => filingUrl(filing),
};

export interface FilingsArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly forms?: readonly string[] | null;
}

export async function filingsOfInstrument({ cik }: Instrument, { first, after, forms }: FilingsArguments, { pool }: Context): Promise<Page<FilingRow>> {
  const limit = checkFirst(first);
  const place = readPlace(after);
  checkNames('forms', forms);
  const rows = cik === null ? [] : await filingsOf(pool, cik, { limit: limit + 1, after: place, forms: forms ?? undefined });
  return toPage(rows.map((row) => ({ ...row, id: row.accession })), limit, place !== undefined, cursorOf);
}

export async function fundamentalsOf({ cik }: Instrument, { asOf, concepts }: { readonly asOf?: string | null; readonly concepts?: readonly string[] | null }, { pool, now }: Context): Promise<CompanyFact[]> {
  checkNames('concepts', concepts);
  const day = checkDate('asOf', asOf) ?? new Date(now()).toISOString().slice(0, 10);
  return cik === null ? [] : [...(await factsAsOf(pool, cik, day, concepts ?? USUAL_CONCEPTS))];
}

function checkNames(field: string, names: readonly string[] | null | undefined): void {
  if (names && names.length > MAX_NAMES) throw new ClientError('VALIDATION', `${field} must be at most ${MAX_NAMES}, were ${names.length}`, { field: [field] });
}

function cursorOf({ filed, accession }: FilingRow): string {
  return toCursor(`${filed} ${accession}`);
}

function readPlace(after: string | null | undefined): { readonly filed: string; readonly accession: string } | undefined {
  const text = readCursor(after);
  if (text === undefined) return undefined;
  const [filed, accession] = text.split(' ');
  if (accession === undefined || checkDate('after', filed) === undefined) throw new ClientError('VALIDATION', `after must be a cursor of this list, was ${JSON.stringify(after!.slice(0, 80))}`, { field: ['after'] });
  return { filed: filed!, accession };
}
