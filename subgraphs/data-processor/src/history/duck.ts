// The columnar engine inside this process: DuckDB with a named bound of memory, of threads and of disk. It is opened by
// the first question that needs a file, runs on threads of its own, and keeps nothing: all state is in the files.

import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';

/** Beyond this a query spills to the history's own temporary folder: the container has 512 MiB, V8 takes half. */
export const MEMORY_LIMIT_MIB = 128;
export const THREADS = 2;
/** What spilled queries may take of the disk; a query that needs more fails, alone. */
const MAX_SPILL_GIB = 8;
/** Statements at a time; others wait in line. */
const MAX_CONCURRENT = 2;

export type Parameters = Record<string, DuckDBValue>;

export class Duck implements AsyncDisposable {
  readonly #spillDirectory: string;
  #opening: Promise<DuckDBInstance> | undefined;
  readonly #idle: DuckDBConnection[] = [];
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param directory - of the history; what spills goes into `spill` below it. */
  constructor(directory: string) {
    this.#spillDirectory = path.join(directory, 'spill');
  }

  async run(statement: string, parameters: Parameters = {}): Promise<void> {
    await this.#withConnection(async (connection) => void (await connection.run(statement, parameters)));
  }

  /** All rows by column name; for answers of a known small size. */
  async rows<T>(statement: string, parameters: Parameters = {}): Promise<T[]> {
    return this.#withConnection(async (connection) => (await connection.runAndReadAll(statement, parameters)).getRowObjectsJS() as T[]);
  }

  /** Chunks of some thousand rows as the query makes them, so an answer of any size takes constant memory. */
  async *chunks(statement: string, parameters: Parameters = {}): AsyncGenerator<DuckDBDataChunk> {
    const connection = await this.#take();
    try {
      const result = await connection.stream(statement, parameters);
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) yield chunk;
    } finally {
      this.#give(connection);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const instance = await this.#opening?.catch(() => undefined);
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    instance?.closeSync();
    this.#opening = undefined;
  }

  async #withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#take();
    try {
      return await work(connection);
    } finally {
      this.#give(connection);
    }
  }

  async #take(): Promise<DuckDBConnection> {
    if (this.#running >= MAX_CONCURRENT) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return this.#idle.pop() ?? (await (await (this.#opening ??= this.#open())).connect());
    } catch (error) {
      this.#opening = undefined;
      this.#leave();
      throw error;
    }
  }

  #give(connection: DuckDBConnection): void {
    this.#idle.push(connection);
    this.#leave();
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }

  async #open(): Promise<DuckDBInstance> {
    // A killed process leaves what it had spilled.
    await rm(this.#spillDirectory, { recursive: true, force: true });
    await mkdir(this.#spillDirectory, { recursive: true });
    return DuckDBInstance.create(':memory:', {
      memory_limit: `${MEMORY_LIMIT_MIB}MiB`, threads: String(THREADS), temp_directory: this.#spillDirectory, max_temp_directory_size: `${MAX_SPILL_GIB}GiB`,
      preserve_insertion_order: 'false', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false',
    });
  }
}

/** A text literal of SQL, for what a statement cannot take as a parameter. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
