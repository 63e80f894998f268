// All sources of this service: their health, whether they may run, and the switch. What a source does is its own: some
// run from the moment they are switched on until they are switched off, others are asked and merely refuse while off.

import type { PrismaClient } from '@mib/prisma/client';
import { LiveTopic } from '@mib/service/pubsub';
import { findSource, SourceHealth, type SourceIdentity, type SourceSnapshot } from './domain/source-health.ts';
import { isSourceEnabled, setSourceEnabled } from './store/source-settings.ts';

/** Files that users import. */
export const FILE_SOURCE: SourceIdentity = { id: 'file-import', provider: 'CSV files', kind: 'FILE_IMPORT', synthetic: false, continuous: false };
/** What the graph lists at most. */
export const MAX_SOURCES = 100;
/** How often health is compared with what subscribers saw last. */
const SAMPLE_MS = 1_000;

export interface SourceDefinition {
  readonly identity: SourceIdentity;
  /** Whether it runs until an operator says otherwise. */
  readonly enabledByDefault: boolean;
  /** Called whenever the source is switched on; what it returns is disposed when it is switched off. */
  readonly start?: (health: SourceHealth) => RunningSource;
}

export interface RunningSource extends AsyncDisposable {
  /** Resolves once the source has what it shows, or has been stopped; absent for one that nobody waits for. */
  readonly standing?: Promise<void>;
}

export interface DataSourcesOptions {
  readonly prisma: PrismaClient;
  /** At most MAX_SOURCES, each with an id of its own. */
  readonly definitions: readonly SourceDefinition[];
  readonly now: () => number;
}

interface Source extends SourceDefinition {
  readonly health: SourceHealth;
  running: RunningSource | undefined;
}

export class DataSources implements AsyncDisposable {
  /** Snapshots that differ from the one before, at most one a second for each source. */
  readonly changes = new LiveTopic<SourceSnapshot>();
  readonly #prisma: PrismaClient;
  readonly #sources: readonly Source[];
  readonly #sampler: NodeJS.Timeout;
  readonly #lastSeen = new Map<string, string>();
  #switching: Promise<unknown> = Promise.resolve();
  #started = false;
  #closed = false;

  constructor({ prisma, definitions, now }: DataSourcesOptions) {
    const ids = new Set(definitions.map(({ identity }) => identity.id));
    if (ids.size !== definitions.length || ids.size > MAX_SOURCES) throw new Error(`sources must be at most ${MAX_SOURCES} of different ids, were ${definitions.map(({ identity }) => identity.id).join(' ')}`);
    this.#prisma = prisma;
    this.#sources = definitions.map((definition) => ({ ...definition, health: new SourceHealth(definition.identity, now), running: undefined }));
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  /** Reads the stored switches; nothing runs before `start`. */
  async load(): Promise<void> {
    for (const { health, enabledByDefault } of this.#sources) health.setEnabled(await isSourceEnabled(this.#prisma, health.id, enabledByDefault));
  }

  /** Starts all that are on. @returns once those that show something stand. */
  async start(): Promise<void> {
    this.#started = true;
    for (const source of this.#sources) this.#run(source);
    await Promise.all(this.#sources.map((source) => source.running?.standing));
  }

  /** @throws {ClientError} NOT_FOUND */
  health(id: string): SourceHealth {
    return findSource(this.#sources.map((source) => source.health), id);
  }

  snapshots(): readonly SourceSnapshot[] {
    return this.#sources.map(({ health }) => health.snapshot());
  }

  /** @throws {ClientError} NOT_FOUND */
  async setEnabled(id: string, enabled: boolean): Promise<SourceSnapshot> {
    const health = this.health(id);
    const source = this.#sources.find((each) => each.health === health)!;
    const switched = this.#switching.then(() => this.#switch(source, enabled));
    this.#switching = switched.catch(() => undefined);
    await switched;
    return health.snapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sampler);
    await this.#switching;
    await Promise.all(this.#sources.map((source) => source.running?.[Symbol.asyncDispose]()));
  }

  async #switch(source: Source, enabled: boolean): Promise<void> {
    await setSourceEnabled(this.#prisma, source.health.id, enabled);
    if (source.health.enabled === enabled) return;
    if (!enabled) {
      await source.running?.[Symbol.asyncDispose]();
      source.running = undefined;
    }
    source.health.setEnabled(enabled);
    if (this.#started) this.#run(source);
  }

  #run(source: Source): void {
    if (source.health.enabled && !this.#closed) source.running ??= source.start?.(source.health);
  }

  #sample(): void {
    for (const snapshot of this.snapshots()) {
      const text = JSON.stringify(snapshot);
      if (this.#lastSeen.get(snapshot.id) === text) continue;
      this.#lastSeen.set(snapshot.id, text);
      this.changes.publish(snapshot);
    }
  }
}
