// Brings history into the platform: the one way in, for the samples of the first start and for a user's file alike.

import type pg from 'pg';
import { INTERVALS, type Interval } from '@mib/model/interval';
import { ClientError } from '@mib/service/errors';
import { openImport } from './connectors/file-import/import-files.ts';
import { readBars } from './domain/csv-bars.ts';
import type { ImportReport } from './domain/import-report.ts';
import { instrumentId, type Instrument } from './domain/instrument.ts';
import type { SourceHealth } from './domain/source-health.ts';
import { importBars } from './store/bars.ts';
import type { InstrumentStore } from './store/instruments.ts';

export interface ImportRequest {
  readonly uri: string;
  readonly symbol: string;
  readonly venueId: string;
  readonly interval: Interval;
}

export interface ImportDependencies {
  readonly pool: pg.Pool;
  readonly instruments: InstrumentStore;
  readonly importDirectory: string | undefined;
  readonly health: SourceHealth;
  /** Counts running imports; each holds a database connection. */
  readonly running: Set<symbol>;
}

/** More at once are refused: each holds a connection of the pool. */
export const MAX_RUNNING_IMPORTS = 2;

/**
 * Imports one file, all or nothing.
 *
 * @throws {ClientError} NOT_FOUND, VALIDATION, FORBIDDEN, UNAVAILABLE or RATE_LIMITED; nothing is imported then.
 */
export async function importHistory(dependencies: ImportDependencies, request: ImportRequest): Promise<{ readonly instrument: Instrument; readonly report: ImportReport }> {
  const { pool, instruments, importDirectory, health } = dependencies;
  const { uri, symbol, venueId, interval } = request;
  if (!health.enabled) throw new ClientError('UNAVAILABLE', `data source ${health.id} is disabled`);
  if (!INTERVALS.includes(interval)) throw new ClientError('VALIDATION', `interval must be one of ${INTERVALS.join(' ')}, was ${JSON.stringify(interval)}`, { field: ['input', 'interval'] });
  const [instrument] = await instruments.byIds([instrumentId(symbol, venueId)]);
  if (!instrument) throw new ClientError('NOT_FOUND', `there is no instrument ${JSON.stringify(symbol)} at venue ${JSON.stringify(venueId)}; register it first`, { field: ['input', 'symbol'] });
  using _ = startImport(dependencies, uri);
  try {
    const source = await openImport(uri, importDirectory);
    const rules = { interval, allowNonPositivePrices: instrument.assetClass === 'COMMODITY' };
    const report = await importBars(pool, { instrument, interval }, readBars(source, rules));
    health.received(report.totalRows, report.rejectedRows);
    return { instrument, report };
  } catch (error) {
    health.failed(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/**
 * Takes one of the places for running imports; given back when disposed.
 *
 * @throws {ClientError} UNAVAILABLE while the file source is disabled, RATE_LIMITED when there is no place.
 */
export function startImport({ health, running }: Pick<ImportDependencies, 'health' | 'running'>, uri: string): Disposable {
  if (!health.enabled) throw new ClientError('UNAVAILABLE', `data source ${health.id} is disabled`);
  if (running.size >= MAX_RUNNING_IMPORTS) throw new ClientError('RATE_LIMITED', `${MAX_RUNNING_IMPORTS} imports are running already, try again later`);
  const token = Symbol(uri);
  running.add(token);
  return { [Symbol.dispose]: () => running.delete(token) };
}
