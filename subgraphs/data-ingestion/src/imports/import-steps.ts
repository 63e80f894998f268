// What each format makes of its files: first what they are, then their rows in steps, each to be stored in a transaction.
// An import that goes on reads from the beginning, because a book has no middle, and steps over what is stored already.

import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Readable } from 'node:stream';
import { zonedTimeMs } from '@mib/model/calendar/zoned-time';
import { NS_PER_MS } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';
import { openImportFile, type ImportFile } from '../connectors/file-import/import-files.ts';
import { readItch, scanItch, type ItchContents } from '../connectors/file-import/read-itch.ts';
import { readLobster } from '../connectors/file-import/read-lobster.ts';
import type { BarRow } from '../domain/bar.ts';
import { readBars } from '../domain/csv-bars.ts';
import type { FileImport, FileImportRequest, StepCounts } from '../domain/file-import.ts';
import type { TickBatch } from '../domain/files/tick-batch.ts';
import { instrumentId, type Instrument } from '../domain/instrument.ts';
import { importBarsIn } from '../store/bars.ts';
import type { InstrumentStore } from '../store/instruments.ts';
import { takeBatch } from '../store/import-marks.ts';

/** Of a stored file: a day of all NASDAQ stocks has 5 GB packed, 12 GB unpacked. */
export const MAX_IMPORT_BYTES = 64 * 1024 ** 3;
/** LOBSTER and ITCH are NASDAQ's: their days begin at midnight in New York. */
const EXCHANGE_ZONE = 'America/New_York';
/** Bars of one step, or up to a chunk more. */
const BARS_PER_STEP = 20_000;
const MAX_STOCKS = 65_536;

export interface StepDependencies {
  readonly instruments: InstrumentStore;
  readonly importDirectory: string | undefined;
}

/** What a file holds, known once it has been read for the first time. */
export interface Identity {
  readonly sha256: string;
  readonly instruments: readonly Instrument[];
  readonly itch?: ItchContents;
}

export interface ImportStep {
  /** Rows of the file before it. */
  readonly firstRow: number;
  readonly readBytes: number;
  take(client: pg.PoolClient): Promise<StepCounts>;
}

/** @throws {ClientError} NOT_FOUND for an instrument that is not registered or not in the file. */
export async function identify(dependencies: StepDependencies, request: FileImportRequest): Promise<Identity> {
  const file = await openPart(dependencies, request.uri);
  if (request.format !== 'ITCH_50') return { sha256: await hashOf(file), instruments: await requireInstruments(dependencies, request.instrumentIds) };
  const itch = await scanItch(file);
  const instruments = request.instrumentIds.length > 0 ? await requireInstruments(dependencies, request.instrumentIds) : await registered(dependencies, itch, request.venueId);
  const absent = instruments.find(({ symbol }) => !itch.directory.has(symbol));
  if (absent) throw new ClientError('NOT_FOUND', `stock ${JSON.stringify(absent.symbol)} is not in the directory of the file`, { field: ['input', 'symbols'] });
  return { sha256: itch.sha256, instruments, itch };
}

/** Yields the steps behind the last stored one; each is valid until the next is asked for. */
export async function* stepsOf(dependencies: StepDependencies, fileImport: FileImport, identity: Identity): AsyncGenerator<ImportStep> {
  const { request, totalRows } = fileImport;
  if (request.format === 'CSV_OHLCV') return yield* barSteps(await openPart(dependencies, request.uri), request, identity, totalRows);
  const target = { sha256: identity.sha256, instruments: identity.instruments, baseTimeNs: BigInt(zonedTimeMs(EXCHANGE_ZONE, request.day!, 0)) * NS_PER_MS };
  for await (const batch of await batchesOf(dependencies, request, identity)) {
    if (batch.lastRow <= totalRows) continue;
    yield { firstRow: batch.firstRow - 1, readBytes: batch.readBytes, take: (client) => takeBatch(client, target, batch) };
  }
}

/** Bytes of all files of the request, as stored. */
export async function sizeOf(dependencies: StepDependencies, { uri, orderBookUri }: FileImportRequest): Promise<number> {
  let bytes = 0;
  for (const part of orderBookUri === null ? [uri] : [uri, orderBookUri]) bytes += await closedSize(await openPart(dependencies, part));
  return bytes;
}

async function batchesOf(dependencies: StepDependencies, request: FileImportRequest, { instruments, itch }: Identity): Promise<AsyncGenerator<TickBatch>> {
  const file = await openPart(dependencies, request.uri);
  if (!itch) return readLobster(file, await openPart(dependencies, request.orderBookUri!));
  return readItch(file, instruments.map(({ symbol }) => ({ symbol, stockLocate: itch.directory.get(symbol)! })), itch.broken);
}

async function* barSteps(file: ImportFile, { interval }: FileImportRequest, { instruments }: Identity, storedRows: number): AsyncGenerator<ImportStep> {
  const instrument = instruments[0]!;
  const rules = { interval, allowNonPositivePrices: instrument.assetClass === 'COMMODITY' };
  let firstRow = storedRows;
  let passed = 0;
  let rows: BarRow[] = [];
  const step = (): ImportStep => {
    const own = rows;
    return { firstRow, readBytes: file.readBytes, take: async (client) => ({ ...(await importBarsIn(client, { instrument, interval }, once(own))), skippedRows: 0, ticks: 0 }) };
  };
  for await (const read of readBars(Readable.from(file.chunks), rules)) {
    const known = Math.min(read.length, Math.max(0, storedRows - passed));
    passed += read.length;
    rows.push(...read.slice(known));
    if (rows.length < BARS_PER_STEP) continue;
    yield step();
    firstRow += rows.length;
    rows = [];
  }
  if (rows.length > 0) yield step();
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

function openPart({ importDirectory }: StepDependencies, uri: string): Promise<ImportFile> {
  return openImportFile(uri, importDirectory, MAX_IMPORT_BYTES);
}

async function hashOf(file: ImportFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of file.chunks) hash.update(chunk);
  return hash.digest('hex');
}

async function closedSize(file: ImportFile): Promise<number> {
  await file.close();
  return file.totalBytes;
}

async function requireInstruments({ instruments }: StepDependencies, ids: readonly string[]): Promise<readonly Instrument[]> {
  const found = new Map((await instruments.byIds(ids)).map((instrument) => [instrument.id as string, instrument]));
  return ids.map((id) => {
    const instrument = found.get(id);
    if (!instrument) throw new ClientError('NOT_FOUND', `there is no instrument ${JSON.stringify(id)}; register it first`, { field: ['input', 'symbol'] });
    return instrument;
  });
}

async function registered(dependencies: StepDependencies, { directory }: ItchContents, venueId: string): Promise<readonly Instrument[]> {
  const wanted = new Set([...directory.keys()].slice(0, MAX_STOCKS).map((symbol) => instrumentId(symbol, venueId) as string));
  const found = (await dependencies.instruments.all()).filter(({ id }) => wanted.has(id));
  if (found.length === 0) throw new ClientError('NOT_FOUND', `none of the ${directory.size} stocks of the file is registered at venue ${JSON.stringify(venueId)}`, { field: ['input', 'venue'] });
  return found;
}
