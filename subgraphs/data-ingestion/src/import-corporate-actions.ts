// Brings splits and dividends into the platform from a CSV file.

import { openImport } from './connectors/file-import/import-files.ts';
import type { ImportReject } from './domain/bar.ts';
import { corporateAction, termsOf, type CorporateAction } from './domain/corporate-action.ts';
import { readActionRows, rejectOf, type ActionRow } from './domain/corporate-action-rows.ts';
import { RejectList } from './domain/import-report.ts';
import { instrumentId, type Instrument } from './domain/instrument.ts';
import { startImport, type ImportDependencies } from './import-history.ts';
import { storeActions } from './store/corporate-actions.ts';
import type { InstrumentStore } from './store/instruments.ts';

export interface ActionImportReport {
  readonly totalRows: number;
  readonly importedRows: number;
  readonly duplicateRows: number;
  readonly rejectedRows: number;
  readonly rejects: readonly ImportReject[];
}

/**
 * Imports one file in one transaction; rows that cannot be read or contradict are rejected, the others imported.
 *
 * @throws {ClientError} NOT_FOUND, VALIDATION, FORBIDDEN, UNAVAILABLE or RATE_LIMITED; nothing is imported then.
 */
export async function importCorporateActions(dependencies: ImportDependencies, uri: string): Promise<ActionImportReport> {
  const { pool, instruments, importDirectory, health } = dependencies;
  using _ = startImport(dependencies, uri);
  try {
    const rows = await readActionRows(await openImport(uri, importDirectory));
    const rejects = new RejectList();
    const readable = rows.filter((row) => row.kind === 'action');
    for (const row of rows) if (row.kind === 'reject') rejects.add(row);
    const first = await firstOfEach(readable, instruments, rejects);
    const { stored, conflicts } = await storeActions(pool, [...first.values()].map(({ action }) => action));
    for (const { action, stored: known } of conflicts) rejects.add({ line: first.get(action.id)!.line, code: 'CONFLICT', reason: `${action.kind} of ${action.exDate} is stored as ${termsOf(known)}, was ${termsOf(action)}` });
    health.received(rows.length, rejects.count);
    return { totalRows: rows.length, importedRows: stored, duplicateRows: rows.length - stored - rejects.count, rejectedRows: rejects.count, rejects: rejects.first() };
  } catch (error) {
    health.failed(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** The first row of each action, by id; a later one that says something else is a conflict. */
async function firstOfEach(rows: readonly ActionRow[], instruments: InstrumentStore, rejects: RejectList): Promise<Map<string, { readonly action: CorporateAction; readonly line: number }>> {
  const find = instrumentFinder(await instruments.all());
  const first = new Map<string, { action: CorporateAction; line: number }>();
  for (const row of rows) {
    const instrument = find(row);
    if (typeof instrument === 'string') {
      rejects.add({ line: row.line, code: 'UNKNOWN_INSTRUMENT', reason: instrument });
      continue;
    }
    try {
      const action = corporateAction(instrument, row.exDate, row.terms(instrument.currency));
      const before = first.get(action.id);
      if (!before) first.set(action.id, { action, line: row.line });
      else if (termsOf(before.action) !== termsOf(action)) rejects.add({ line: row.line, code: 'CONFLICT', reason: `line ${before.line} says ${termsOf(before.action)}, was ${termsOf(action)}` });
    } catch (error) {
      rejects.add(rejectOf(row.line, error));
    }
  }
  return first;
}

/** Finds a row's instrument, or says why there is none. */
function instrumentFinder(all: readonly Instrument[]): (row: ActionRow) => Instrument | string {
  const byId = new Map<string, Instrument>(all.map((instrument) => [instrument.id, instrument]));
  const bySymbol = new Map<string, Instrument[]>();
  for (const instrument of all) bySymbol.set(instrument.symbol, [...(bySymbol.get(instrument.symbol) ?? []), instrument]);
  return ({ symbol, venueId }) => {
    if (venueId !== undefined) return byId.get(instrumentId(symbol, venueId)) ?? `there is no instrument ${JSON.stringify(symbol.slice(0, 40))} at venue ${JSON.stringify(venueId.slice(0, 40))}`;
    const found = bySymbol.get(symbol) ?? [];
    if (found.length === 1) return found[0]!;
    return found.length === 0 ? `there is no instrument ${JSON.stringify(symbol.slice(0, 40))}` : `${symbol} trades at ${found.map((each) => each.venueId).join(' ')}: the row must name the venue`;
  };
}
