// Entities and the fields that are computed. Everything here is public; references are loaded in batches.

import { ClientError } from '@mib/service/errors';
import { corporateActionsOf } from './corporate-actions.ts';
import { filingsOfInstrument, fundamentalsOf } from './filings.ts';
import { newsOfInstrument } from './news.ts';
import { listingsOf } from './symbol-mapping.ts';
import { suspectBarsOf } from './suspect-bars.ts';
import { qualityScore } from '../domain/quality/quality-score.ts';
import type { DataSourceResolvers, InstrumentResolvers } from '../generated/resolvers-types.ts';

export const Instrument: InstrumentResolvers = {
  /** Both keys: the id, or the symbol with the venue's id. */
  __resolveReference(reference, context) {
    const { id, symbol, venue } = reference as { readonly id?: string; readonly symbol?: string; readonly venue?: { readonly id?: string } };
    if (id !== undefined) return context.instrumentById.load(id);
    if (symbol !== undefined && venue?.id !== undefined) return context.instrumentBySymbol(symbol, venue.id);
    throw new ClientError('VALIDATION', 'a reference to Instrument must have id, or symbol and venue { id }');
  },
  __isTypeOf: () => true,
  async venue(instrument, _, context) {
    const venue = await context.venueById.load(instrument.venueId);
    if (!venue) throw new Error(`instrument ${instrument.id} has no venue ${instrument.venueId}`);
    return venue;
  },
  news: (instrument, page, context) => newsOfInstrument(instrument, page, context),
  listings: (instrument, _, context) => listingsOf(instrument, context),
  aliases: async ({ number }, _, context) => [...(await context.aliasesOf(number, null))],
  filings: (instrument, page, context) => filingsOfInstrument(instrument, page, context),
  fundamentals: (instrument, wanted, context) => fundamentalsOf(instrument, wanted, context),
  suspectBars: (instrument, range, context) => suspectBarsOf(instrument, range, context),
  corporateActions: (instrument, range, context) => corporateActionsOf(instrument, range, context),
};

export const DataSource: DataSourceResolvers = {
  __resolveReference: ({ id }, context) => context.sources.snapshots().find((source) => source.id === id) ?? null,
  qualityScore: (source) => qualityScore(source),
  lastMessageAt: ({ lastMessageMs }) => (lastMessageMs === null ? null : new Date(lastMessageMs).toISOString()),
};
