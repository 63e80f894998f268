// All sources of this service: their health, whether they may run, and the switch. The simulated venue is a running thing
// that the switch starts and stops; the file source merely refuses while it is off.

import type { PrismaClient } from '@mib/prisma/client';
import { LiveTopic } from '@mib/service/pubsub';
import type { SimulatedVenue } from './connectors/simulated-venue/simulated-venue.ts';
import { findSource, SourceHealth, type SourceSnapshot } from './domain/source-health.ts';
import { isSourceEnabled, setSourceEnabled } from './store/source-settings.ts';

export const SIMULATED_SOURCE = 'simulated-venue';
export const FILE_SOURCE = 'file-import';
/** How often health is compared with what subscribers saw last. */
const SAMPLE_MS = 1_000;

export interface DataSourcesOptions {
  readonly prisma: PrismaClient;
  readonly simulatedByDefault: boolean;
  readonly startSimulatedVenue: (health: SourceHealth) => SimulatedVenue;
  readonly now: () => number;
}

export class DataSources implements AsyncDisposable {
  readonly simulated: SourceHealth;
  readonly files: SourceHealth;
  /** Snapshots that differ from the one before, at most one a second for each source. */
  readonly changes = new LiveTopic<SourceSnapshot>();
  readonly #options: DataSourcesOptions;
  readonly #sampler: NodeJS.Timeout;
  readonly #lastSeen = new Map<string, string>();
  #venue: SimulatedVenue | undefined;
  #switching: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: DataSourcesOptions) {
    this.#options = options;
    this.simulated = new SourceHealth({ id: SIMULATED_SOURCE, provider: 'Simulated venue (synthetic)', kind: 'SIMULATED_VENUE', synthetic: true, continuous: true }, options.now);
    this.files = new SourceHealth({ id: FILE_SOURCE, provider: 'CSV files', kind: 'FILE_IMPORT', synthetic: false, continuous: false }, options.now);
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  /** Reads the stored switches; nothing runs before `start`. */
  async load(): Promise<void> {
    const { prisma, simulatedByDefault } = this.#options;
    this.simulated.setEnabled(await isSourceEnabled(prisma, SIMULATED_SOURCE, simulatedByDefault));
    this.files.setEnabled(await isSourceEnabled(prisma, FILE_SOURCE, true));
  }

  /** @returns once the simulated venue's books stand, at once when it is off. */
  async start(): Promise<void> {
    if (!this.simulated.enabled || this.#closed) return;
    this.#venue ??= this.#options.startSimulatedVenue(this.simulated);
    await this.#venue.standing;
  }

  snapshots(): readonly SourceSnapshot[] {
    return [this.simulated, this.files].map((source) => source.snapshot());
  }

  /** @throws {ClientError} NOT_FOUND */
  async setEnabled(id: string, enabled: boolean): Promise<SourceSnapshot> {
    const source = findSource([this.simulated, this.files], id);
    const switched = this.#switching.then(() => this.#switch(source, enabled));
    this.#switching = switched.catch(() => undefined);
    await switched;
    return source.snapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sampler);
    await this.#switching;
    await this.#venue?.[Symbol.asyncDispose]();
  }

  async #switch(source: SourceHealth, enabled: boolean): Promise<void> {
    await setSourceEnabled(this.#options.prisma, source.id, enabled);
    if (source.enabled === enabled) return;
    if (source === this.simulated && !enabled) {
      await this.#venue?.[Symbol.asyncDispose]();
      this.#venue = undefined;
    }
    source.setEnabled(enabled);
    if (source === this.simulated && enabled && !this.#closed) this.#venue = this.#options.startSimulatedVenue(this.simulated);
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
