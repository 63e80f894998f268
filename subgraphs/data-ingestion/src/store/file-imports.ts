// Imports that run in the background. A step is one transaction: what it takes and how far the import is commit together,
// so a crash repeats nothing and loses nothing.

import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '@mib/service/database';
import { MAX_LISTED_REJECTS } from '../domain/import-report.ts';
import type { FileImport, FileImportRequest, FileImportState, StepCounts } from '../domain/file-import.ts';

/** Another process goes on with the import, or it has ended: this one must stop. */
export class ImportTakenOver extends Error {
  override readonly name = 'ImportTakenOver';
}

export async function addImport(pool: pg.Pool, request: FileImportRequest, totalBytes: number): Promise<FileImport> {
  const { format, uri, ...rest } = request;
  const { rows } = await pool.query<Row>(
    `insert into ingestion.imports (id, format, uri, request, state, total_bytes) values ($1, $2, $3, $4, 'CHECKING', $5) returning *`,
    [randomUUID(), format, uri, JSON.stringify(rest), totalBytes],
  );
  return fromRow(rows[0]!);
}

export async function importsByIds(pool: pg.Pool, ids: readonly string[]): Promise<readonly FileImport[]> {
  const { rows } = await pool.query<Row>('select * from ingestion.imports where id::text = any($1)', [ids]);
  return rows.map(fromRow);
}

export async function newestImports(pool: pg.Pool, limit: number): Promise<readonly FileImport[]> {
  const { rows } = await pool.query<Row>('select * from ingestion.imports order by started_at desc, id limit $1', [limit]);
  return rows.map(fromRow);
}

/** Those that a stop of the service has interrupted, the oldest first. */
export async function unfinishedImports(pool: pg.Pool): Promise<readonly FileImport[]> {
  const { rows } = await pool.query<Row>(`select * from ingestion.imports where state in ('CHECKING', 'RUNNING') order by started_at, id`);
  return rows.map(fromRow);
}

/** Says what the file holds and what is taken from it; steps follow. */
export async function identifyImport(pool: pg.Pool, { id }: FileImport, sha256: string, instrumentIds: readonly string[]): Promise<FileImport> {
  const { rows } = await pool.query<Row>(
    `update ingestion.imports set sha256 = $2, state = 'RUNNING', request = jsonb_set(request, '{instrumentIds}', $3::jsonb) where id = $1 and state in ('CHECKING', 'RUNNING') returning *`,
    [id, sha256, JSON.stringify(instrumentIds)],
  );
  if (!rows[0]) throw new ImportTakenOver(id);
  return fromRow(rows[0]);
}

/**
 * Takes one step in one transaction.
 *
 * @param take - stores what the step brings, in the transaction.
 * @returns the import behind the step.
 * @throws {ImportTakenOver} when the import is not where `before` says.
 */
export function commitStep(pool: pg.Pool, before: FileImport, readBytes: number, take: (client: pg.PoolClient) => Promise<StepCounts>): Promise<FileImport> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(`select from ingestion.imports where id = $1 and state = 'RUNNING' and total_rows = $2 for update`, [before.id, before.totalRows]);
    if (rowCount !== 1) throw new ImportTakenOver(before.id);
    const step = await take(client);
    const { rows } = await client.query<Row>(
      `update ingestion.imports set total_rows = total_rows + $2, imported_rows = imported_rows + $3, duplicate_rows = duplicate_rows + $4,
         rejected_rows = rejected_rows + $5, skipped_rows = skipped_rows + $6, ticks = ticks + $7, rejects = $8, read_bytes = $9
       where id = $1 returning *`,
      [before.id, step.totalRows, step.importedRows, step.duplicateRows, step.rejectedRows, step.skippedRows, step.ticks, JSON.stringify([...before.rejects, ...step.rejects].slice(0, MAX_LISTED_REJECTS)), readBytes],
    );
    return fromRow(rows[0]!);
  });
}

export async function finishImport(pool: pg.Pool, id: string, state: FileImportState, error: string | null): Promise<void> {
  await pool.query(`update ingestion.imports set state = $2, error = $3, finished_at = now() where id = $1 and state in ('CHECKING', 'RUNNING')`, [id, state, error]);
}

interface Row {
  readonly id: string;
  readonly format: FileImportRequest['format'];
  readonly uri: string;
  readonly request: Omit<FileImportRequest, 'format' | 'uri'>;
  readonly state: FileImportState;
  readonly sha256: string | null;
  readonly total_bytes: string;
  readonly read_bytes: string;
  readonly total_rows: string;
  readonly imported_rows: string;
  readonly duplicate_rows: string;
  readonly rejected_rows: string;
  readonly skipped_rows: string;
  readonly ticks: string;
  readonly rejects: FileImport['rejects'];
  readonly error: string | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

function fromRow(row: Row): FileImport {
  return {
    id: row.id,
    request: { ...row.request, format: row.format, uri: row.uri },
    state: row.state,
    sha256: row.sha256,
    totalBytes: Number(row.total_bytes),
    readBytes: Number(row.read_bytes),
    totalRows: Number(row.total_rows),
    importedRows: Number(row.imported_rows),
    duplicateRows: Number(row.duplicate_rows),
    rejectedRows: Number(row.rejected_rows),
    skippedRows: Number(row.skipped_rows),
    ticks: Number(row.ticks),
    rejects: row.rejects,
    error: row.error,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
