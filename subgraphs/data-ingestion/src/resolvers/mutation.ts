// What an operator may change. Each asks for market:write again, whatever the router has checked; an expected refusal is
// data in `userErrors`. `Required`: the schema's defaults are filled in before a resolver runs.

import { requireScope } from '@mib/service/viewer';
import type { ImportReport } from '../domain/import-report.ts';
import { CASH_SCALE, checkDefinition, type Instrument } from '../domain/instrument.ts';
import type { ImportHistoryInput, MutationResolvers, RegisterInstrumentInput } from '../generated/resolvers-types.ts';
import { importHistory } from '../import-history.ts';
import { importNews } from '../import-news.ts';
import { registerInstrument } from '../register-instrument.ts';
import { importCorporateActions } from './corporate-actions.ts';
import { startImport } from './file-imports.ts';
import { identifyInstrument } from './identifiers.ts';
import { addSymbolAlias } from './symbol-mapping.ts';
import { refusal, WRITE_SCOPE as SCOPE, type GraphUserError } from './refusal.ts';

const NOTHING_IMPORTED: ImportReport = { totalRows: 0, importedRows: 0, duplicateRows: 0, rejectedRows: 0, rejects: [], firstOpenTimeMs: null, lastOpenTimeMs: null };

export const Mutation: MutationResolvers = {
  async setDataSourceState(_, { input }, context) {
    requireScope(context.viewer, SCOPE);
    try {
      return { dataSource: await context.sources.setEnabled(input.id, input.enabled), userErrors: [] };
    } catch (error) {
      return { dataSource: null, userErrors: [refusal(error)] };
    }
  },

  async importHistory(_, { input }, context) {
    requireScope(context.viewer, SCOPE);
    const { uri, symbol, venue, interval } = input as Required<ImportHistoryInput>;
    try {
      const { instrument, report } = await importHistory(context.imports, { uri, symbol, venueId: venue, interval });
      return importPayload(instrument, report, []);
    } catch (error) {
      return importPayload(null, NOTHING_IMPORTED, [refusal(error)]);
    }
  },

  importCorporateActions,
  identifyInstrument,
  addSymbolAlias,

  async importNews(_, { input }, context) {
    requireScope(context.viewer, SCOPE);
    try {
      return { ...(await importNews(context.imports, input.uri)), userErrors: [] };
    } catch (error) {
      return { totalItems: 0, importedItems: 0, duplicateItems: 0, rejectedItems: 0, userErrors: [refusal(error)] };
    }
  },

  startImport,

  async registerInstrument(_, { input }, context) {
    requireScope(context.viewer, SCOPE);
    const { symbol, venue, name = null, assetClass, currency, tickSize, lotSize, minNotional = null, tradable, isin = null, figi = null, cik = null } = input as Required<RegisterInstrumentInput>;
    try {
      const definition = checkDefinition({ symbol, venueId: venue, name, assetClass, currency, tickSize, lotSize, cashScale: CASH_SCALE, minNotional, tradable, isin, figi, cik });
      return { instrument: await registerInstrument(context, definition), userErrors: [] };
    } catch (error) {
      return { instrument: null, userErrors: [refusal(error)] };
    }
  },
};

function importPayload(instrument: Instrument | null, report: ImportReport, userErrors: GraphUserError[]) {
  const { firstOpenTimeMs, lastOpenTimeMs, rejects, ...counts } = report;
  return { instrument, ...counts, rejects: [...rejects], firstOpenTime: toDateTime(firstOpenTimeMs), lastOpenTime: toDateTime(lastOpenTimeMs), userErrors };
}

function toDateTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

