// Runs imports in the background, one step after the other, and tells who asks how far they are. What is stored is the
// truth: a start of the service goes on with whatever is unfinished, and two processes that try take turns by the row
// that the import has reached.

import { setTimeout as delay } from 'node:timers/promises';
import { backOff } from '@mib/service/back-off';
import { asClientError, ClientError } from '@mib/service/errors';
import type { Logger } from '@mib/service/logger';
import { isFinished, type FileImport, type FileImportRequest } from '../domain/file-import.ts';
import { TooManyOrdersError } from '../domain/files/order-index.ts';
import { startImport, type ImportDependencies } from '../import-history.ts';
import { addImport, commitStep, finishImport, identifyImport, importsByIds, ImportTakenOver, unfinishedImports } from '../store/file-imports.ts';
import { identify, sizeOf, stepsOf } from './import-steps.ts';

/** Failures in a row, without a step between them, after which an import is given up. */
const MAX_FAILURES = 5;
const RETRY = { firstMs: 200, maxMs: 5_000 };
/** How soon a step of another process is seen. */
const LOOK_AGAIN_MS = 1_000;

export class FileImports implements AsyncDisposable {
  readonly #dependencies: ImportDependencies;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #runs = new Set<Promise<void>>();
  /** Those who wait for a step of any import. */
  readonly #waiting = new Set<AbortController>();

  constructor(dependencies: ImportDependencies, logger: Logger) {
    this.#dependencies = dependencies;
    this.#logger = logger;
  }

  /**
   * Begins an import; it has been checked that its instruments are registered.
   *
   * @throws {ClientError} NOT_FOUND, VALIDATION, FORBIDDEN, UNAVAILABLE or RATE_LIMITED; nothing has begun then.
   */
  async start(request: FileImportRequest): Promise<FileImport> {
    const place = startImport(this.#dependencies, request.uri);
    try {
      const added = await addImport(this.#dependencies.pool, request, await sizeOf(this.#dependencies, request));
      this.#track(this.#run(added), place);
      return added;
    } catch (error) {
      place[Symbol.dispose]();
      throw error;
    }
  }

  /** Goes on with what a stop or a crash has interrupted, one after the other. */
  async resume(): Promise<void> {
    const unfinished = await unfinishedImports(this.#dependencies.pool);
    if (unfinished.length === 0) return;
    const token = Symbol('resumed imports');
    this.#dependencies.running.add(token);
    const all = async (): Promise<void> => {
      for (const each of unfinished) await this.#run(each);
    };
    this.#track(all(), { [Symbol.dispose]: () => this.#dependencies.running.delete(token) });
  }

  /**
   * The import as it is and after every step, until it has ended.
   *
   * @throws {ClientError} NOT_FOUND
   */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<FileImport> {
    for (let last = ''; !signal.aborted; ) {
      const waiter = new AbortController();
      this.#waiting.add(waiter);
      try {
        const [found] = await importsByIds(this.#dependencies.pool, [id]);
        if (!found) throw new ClientError('NOT_FOUND', `there is no import ${JSON.stringify(id)}`, { field: ['id'] });
        if (last !== (last = JSON.stringify(found))) yield found;
        if (isFinished(found)) return;
        await delay(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([waiter.signal, signal]), ref: false }).catch(() => undefined);
      } finally {
        this.#waiting.delete(waiter);
      }
    }
  }

  /** Stops behind the step in hand; what is unfinished goes on at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#runs);
  }

  #track(run: Promise<void>, place: Disposable): void {
    const tracked = run.finally(() => {
      place[Symbol.dispose]();
      this.#runs.delete(tracked);
    });
    this.#runs.add(tracked);
  }

  async #run(begun: FileImport): Promise<void> {
    const { pool, health } = this.#dependencies;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#steps(begun.id, () => (failures = 0));
        return;
      } catch (error) {
        if (error instanceof ImportTakenOver) return;
        const reason = refusalOf(error);
        if (reason === undefined && ++failures < MAX_FAILURES) {
          this.#logger.warn({ err: error, importId: begun.id }, 'import interrupted');
          await backOff(failures, { ...RETRY, signal });
          continue;
        }
        this.#logger.error({ err: error, importId: begun.id }, 'import failed');
        health.failed(reason ?? 'import failed');
        await finishImport(pool, begun.id, 'FAILED', reason ?? 'it failed for a reason inside the platform, which its log names').catch(() => undefined);
        return this.#tell();
      }
    }
  }

  async #steps(id: string, onStep: () => void): Promise<void> {
    const { pool, health } = this.#dependencies;
    let [current] = await importsByIds(pool, [id]);
    if (!current || isFinished(current)) return;
    const identity = await identify(this.#dependencies, current.request);
    if (current.sha256 !== null && current.sha256 !== identity.sha256) throw new ClientError('CONFLICT', `the file has changed since the import began: its SHA-256 was ${current.sha256}, is ${identity.sha256}`);
    current = await identifyImport(pool, current, identity.sha256, identity.instruments.map((instrument) => instrument.id));
    this.#tell();
    for await (const step of stepsOf(this.#dependencies, current, identity)) {
      if (this.#stopping.signal.aborted) return;
      if (!health.enabled) throw new ClientError('UNAVAILABLE', `data source ${health.id} was disabled`);
      const before: FileImport = current;
      current = await commitStep(pool, before, step.readBytes, (client) => step.take(client));
      health.received(current.totalRows - before.totalRows, current.rejectedRows - before.rejectedRows);
      onStep();
      this.#tell();
    }
    await finishImport(pool, id, 'COMPLETED', null);
    const { totalRows, importedRows, duplicateRows, rejectedRows, ticks } = current;
    this.#logger.info({ importId: id, totalRows, importedRows, duplicateRows, rejectedRows, ticks }, 'file imported');
    this.#tell();
  }

  #tell(): void {
    for (const waiter of this.#waiting) waiter.abort();
  }
}

/** Why the file cannot be taken, or undefined for what is not the file's fault. */
function refusalOf(error: unknown): string | undefined {
  return error instanceof TooManyOrdersError ? error.message : asClientError(error)?.message;
}
