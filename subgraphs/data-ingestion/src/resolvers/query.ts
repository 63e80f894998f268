// Reads of reference data and source health; all public.

import { ClientError } from '@mib/service/errors';
import type { QueryResolvers } from '../generated/resolvers-types.ts';
import type { InstrumentFilter } from '../store/instruments.ts';
import { fileImport, fileImports } from './file-imports.ts';
import { fxRate } from './fx-rate.ts';
import { resolveSymbol } from './symbol-mapping.ts';
import { checkFirst, MAX_PAGE, readCursor, toPage } from './connection.ts';

const MAX_TEXT_CHARACTERS = 64;

export const Query: QueryResolvers = {
  fileImport,
  fileImports,

  async instrument(_, { symbol, venue }, context) {
    if (venue !== null && venue !== undefined) return context.instrumentBySymbol(symbol, venue);
    const found = await context.instruments.bySymbol(symbol);
    if (found.length > 1) {
      throw new ClientError('VALIDATION', `venue must be one of ${found.map((instrument) => instrument.venueId).join(' ')}: ${JSON.stringify(symbol)} trades at all of them`, { field: ['venue'] });
    }
    return found[0] ?? null;
  },

  async instruments(_, { first, after, filter }, context) {
    const count = checkFirst(first);
    const afterId = readCursor(after);
    const wanted = checkFilter({
      ids: filter?.ids ?? undefined,
      assetClass: filter?.assetClass ?? undefined,
      venueId: filter?.venue ?? undefined,
      tradable: filter?.tradable ?? undefined,
      text: filter?.text ?? undefined,
    });
    const rows = await context.instruments.page(wanted, count + 1, afterId);
    return toPage(rows, count, afterId !== undefined && (await context.instruments.exists(wanted, afterId)));
  },

  fxRate,
  resolveSymbol,

  venues: async (_, __, context) => [...(await context.instruments.venues())],

  dataSources: (_, __, context) => [...context.sources.snapshots()],
};

function checkFilter(filter: InstrumentFilter): InstrumentFilter {
  const { ids, text } = filter;
  if (ids && ids.length > MAX_PAGE) throw new ClientError('VALIDATION', `ids must be at most ${MAX_PAGE}, were ${ids.length}`, { field: ['filter', 'ids'] });
  if (text !== undefined && (text.length < 1 || text.length > MAX_TEXT_CHARACTERS)) {
    throw new ClientError('VALIDATION', `text must have 1..${MAX_TEXT_CHARACTERS} characters, had ${text.length}`, { field: ['filter', 'text'] });
  }
  return filter;
}
