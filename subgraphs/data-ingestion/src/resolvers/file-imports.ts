// Imports in the background: begun by a mutation, watched by a subscription. File names are for operators only.

import { INTERVALS } from '@mib/model/interval';
import { ClientError } from '@mib/service/errors';
import { requireScope } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import { tradingDayOf, type FileImport as FileImportRow, type FileImportRequest } from '../domain/file-import.ts';
import { instrumentId, type Instrument } from '../domain/instrument.ts';
import type { FileImportResolvers, MutationResolvers, QueryResolvers, StartImportInput } from '../generated/resolvers-types.ts';
import { importsByIds, newestImports } from '../store/file-imports.ts';
import { checkFirst } from './connection.ts';
import { refusal, WRITE_SCOPE } from './refusal.ts';

const MAX_SYMBOLS = 1_000;

export const startImport: NonNullable<MutationResolvers['startImport']> = async (_, { input }, context) => {
  requireScope(context.viewer, WRITE_SCOPE);
  try {
    return { import: await context.fileImports.start(await requestOf(input, context)), userErrors: [] };
  } catch (error) {
    return { import: null, userErrors: [refusal(error)] };
  }
};

export const fileImport: NonNullable<QueryResolvers['fileImport']> = async (_, { id }, context) => {
  requireScope(context.viewer, WRITE_SCOPE);
  return (await importsByIds(context.pool, [id]))[0] ?? null;
};

export const fileImports: NonNullable<QueryResolvers['fileImports']> = async (_, { first }, context) => {
  requireScope(context.viewer, WRITE_SCOPE);
  return [...(await newestImports(context.pool, checkFirst(first)))];
};

export function importProgress(context: Context, id: string): AsyncGenerator<FileImportRow> {
  requireScope(context.viewer, WRITE_SCOPE);
  return context.fileImports.watch(id, context.signal);
}

export const FileImport: FileImportResolvers = {
  __resolveReference: async ({ id }, context) => {
    requireScope(context.viewer, WRITE_SCOPE);
    return (await importsByIds(context.pool, [id]))[0] ?? null;
  },
  format: ({ request }) => request.format,
  uri: ({ request }) => request.uri,
  instruments: async ({ request }, _, context) => {
    const found = await context.instrumentById.loadMany(request.instrumentIds.slice(0, MAX_SYMBOLS));
    return found.filter((each): each is Instrument => each !== null && !(each instanceof Error));
  },
  rejects: ({ rejects }) => [...rejects],
  startedAt: ({ startedAt }) => startedAt.toISOString(),
  finishedAt: ({ finishedAt }) => finishedAt?.toISOString() ?? null,
};

/** Checks what can be known before the file is read. */
async function requestOf(input: StartImportInput, context: Context): Promise<FileImportRequest> {
  const { format, uri, symbol, symbols, date } = input;
  const { venue: venueId, interval } = input as Required<StartImportInput>;
  if (!INTERVALS.includes(interval)) throw new ClientError('VALIDATION', `interval must be one of ${INTERVALS.join(' ')}, was ${JSON.stringify(interval)}`, { field: ['input', 'interval'] });
  const wanted = format === 'ITCH_50' ? checkSymbols(symbols) : [checkSymbol(symbol, format)];
  const instrumentIds = [...new Set(wanted.map((each) => instrumentId(each, venueId) as string))];
  for (const [index, found] of (await context.instrumentById.loadMany(instrumentIds)).entries()) {
    if (found === null || found instanceof Error) throw new ClientError('NOT_FOUND', `there is no instrument ${JSON.stringify(instrumentIds[index])}; register it first`, { field: ['input', format === 'ITCH_50' ? 'symbols' : 'symbol'] });
  }
  const day = format === 'CSV_OHLCV' ? null : tradingDayOf(uri, date ?? null);
  return { format, uri, orderBookUri: format === 'LOBSTER' ? bookUriOf(uri, input.orderBookUri) : null, instrumentIds, venueId, interval, day };
}

function bookUriOf(uri: string, given: string | null | undefined): string {
  const bookUri = given ?? uri.replace('_message_', '_orderbook_');
  if (bookUri === uri) throw new ClientError('VALIDATION', `orderBookUri must name the orderbook file of ${JSON.stringify(uri)}`, { field: ['input', 'orderBookUri'] });
  return bookUri;
}

function checkSymbol(symbol: string | null | undefined, format: string): string {
  if (!symbol) throw new ClientError('VALIDATION', `symbol must be given for ${format}`, { field: ['input', 'symbol'] });
  return symbol;
}

function checkSymbols(symbols: readonly string[] | null | undefined): readonly string[] {
  if (symbols && (symbols.length < 1 || symbols.length > MAX_SYMBOLS)) throw new ClientError('VALIDATION', `symbols must be 1..${MAX_SYMBOLS}, were ${symbols.length}`, { field: ['input', 'symbols'] });
  return symbols ?? [];
}
