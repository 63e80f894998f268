// Moves what is no longer recent from PostgreSQL into Parquet files, exactly once:
//
//   begin ─► delete ... returning ─► CSV ─► DuckDB sorts ─► x.parquet.tmp ─► fsync ─► rename ─► fsync folder ─► manifest row ─► commit
//
// A kill before the commit leaves the rows where they were and a file that no manifest row names, which the next start
// sets aside; after the commit the file is on disk and the rows are gone. Many small files of a month become one, the same way.

import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { intervalStart, nextIntervalStart } from '@mib/model/interval';
import type { Logger } from '@mib/service/logger';
import type { DueRows, PartitionKind } from '../store/partitions.ts';
import { countDue, inManifestTurn, knownFiles, moveToCsv, oldestDueMs, PARTITION_COLUMNS, removePartitions, smallPartitions } from '../store/partitions.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Duck } from './duck.ts';
import { literal } from './duck.ts';
import { clearDebris, removeFile, temporaryName } from './partition-files.ts';
import type { Readers } from './readers.ts';
import { RECENT } from './recent.ts';
import { writePartition } from './write-partition.ts';

export interface ArchiverOptions {
  readonly pool: pg.Pool;
  readonly duck: Duck;
  readonly directory: string;
  readonly readers: Readers;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'rowsArchived'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly limits?: Partial<ArchiveLimits>;
}

export interface ArchiveLimits {
  /** Rows of one file, and so of one transaction. */
  readonly maxRows: number;
  /** Fewer rows wait for more, a day at most. */
  readonly minRows: number;
  /** Files below `maxRows` of one month before they become one. */
  readonly minSmallFiles: number;
  /** Rows of a file made of small ones. */
  readonly maxMergedRows: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = { maxRows: 500_000, minRows: 100_000, minSmallFiles: 8, maxMergedRows: 4_000_000 };
/** A candle that was written this recently may be written again: an import is at work on it. */
export const UNTOUCHED_MS = 600_000;
const PATIENCE_MS = 86_400_000;
const ROUND_MS = 60_000;
/** Files of one round; the next round goes on. */
const MAX_FILES_PER_ROUND = 64;

export class Archiver implements AsyncDisposable {
  readonly #options: ArchiverOptions;
  readonly #limits: ArchiveLimits;
  #timer: NodeJS.Timeout | undefined;
  #rounds: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #failure: string | undefined;
  #missing: string | undefined;

  constructor(options: ArchiverOptions) {
    this.#options = options;
    this.#limits = { ...ARCHIVE_LIMITS, ...options.limits };
  }

  /** What the start found missing, or why the last round failed, or undefined. */
  get problem(): string | undefined {
    return this.#missing ?? this.#failure;
  }

  /** Clears what a crash left, then moves rows every minute. */
  start(): void {
    const round = (work: () => Promise<unknown>) => (this.#rounds = this.#rounds.then(work).then(() => (this.#failure = undefined), (error: unknown) => this.#failed(error)));
    void round(() => this.recover());
    this.#timer = setInterval(() => void round(() => this.round()), ROUND_MS);
    this.#timer.unref();
  }

  /** Clears what no manifest row names, and remembers what is missing. @returns how many files were cleared. */
  async recover(): Promise<number> {
    const { pool, directory, logger } = this.#options;
    const { debris, missing } = await inManifestTurn(pool, async (client) => clearDebris(directory, await knownFiles(client)));
    if (debris.length > 0) logger.warn({ directory, debris }, 'files of the history that nobody names');
    if (missing.length > 0) {
      this.#missing = `${directory} lacks ${missing.length} files of the history, ${missing[0]!} first`;
      logger.error({ directory, missing }, 'files of the history are missing');
    }
    return debris.length;
  }

  /** Moves all that is due, up to the bound of a round. @returns rows moved. */
  async round(): Promise<number> {
    let moved = 0;
    for (const [kind, { intervals, keptMs }] of [['trades', RECENT.trades], ['candles', RECENT.seconds], ['candles', RECENT.bars]] as const) {
      for (let files = 0; files < MAX_FILES_PER_ROUND && !this.#stopping; files++) {
        const rows = await this.#moveOne({ kind, intervals, beforeMs: this.#options.now() - keptMs, untouchedSinceMs: this.#options.now() - UNTOUCHED_MS });
        if (rows === 0) break;
        moved += rows;
      }
    }
    for (let merges = 0; merges < MAX_FILES_PER_ROUND && !this.#stopping && (await this.#mergeOne()); merges++);
    return moved;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#rounds;
  }

  /** Moves rows of the month of the oldest into one file. */
  #moveOne(due: DueRows): Promise<number> {
    const { pool, directory, telemetry } = this.#options;
    return inManifestTurn(pool, async (client) => {
      const oldestMs = await oldestDueMs(client, due);
      const patient = oldestMs !== null && oldestMs >= due.beforeMs - PATIENCE_MS;
      if (oldestMs === null || (patient && (await countDue(client, due, this.#limits.minRows)) < this.#limits.minRows)) return 0;
      const monthMs = intervalStart('MO1', oldestMs);
      const unique = randomUUID();
      const csv = path.join(directory, temporaryName(`${due.kind}-${unique}.csv`));
      await mkdir(directory, { recursive: true });
      try {
        const moved = await moveToCsv(client, { ...due, beforeMs: Math.min(due.beforeMs, nextIntervalStart('MO1', monthMs)) }, monthMs, this.#limits.maxRows, csv);
        if (moved === 0) return 0;
        await writePartition(client, this.#options, { kind: due.kind, monthMs, unique, rows: moved, from: `read_csv(${literal(csv)}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = ${columnsLiteral(due.kind)})` });
        telemetry.rowsArchived(due.kind, moved);
        return moved;
      } finally {
        await rm(csv, { force: true });
      }
    });
  }

  /** Makes small files of one month one. @returns false when there is nothing to merge. */
  async #mergeOne(): Promise<boolean> {
    const { pool, directory, readers } = this.#options;
    const replaced = await inManifestTurn(pool, async (client) => {
      const small = await smallPartitions(client, { smallRows: this.#limits.maxRows, minimum: this.#limits.minSmallFiles });
      if (!small) return [];
      const chosen = small.files.filter((_, index) => small.files.slice(0, index + 1).reduce((sum, file) => sum + file.rows, 0) <= this.#limits.maxMergedRows);
      if (chosen.length < 2) return [];
      const files = chosen.map((each) => literal(path.join(directory, each.file))).join(', ');
      await writePartition(client, this.#options, { kind: small.kind, monthMs: small.monthMs, unique: randomUUID(), rows: null, from: `read_parquet([${files}])` });
      await removePartitions(client, chosen.map((each) => each.id));
      return chosen;
    });
    if (replaced.length === 0) return false;
    await readers.all();
    for (const { file } of replaced) await removeFile(directory, file);
    return true;
  }

  #failed(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#options.logger.error({ err: error }, 'history not archived');
  }
}

function columnsLiteral(kind: PartitionKind): string {
  return `{${Object.entries(PARTITION_COLUMNS[kind]).map(([name, type]) => `${literal(name)}: ${literal(type)}`).join(', ')}}`;
}
