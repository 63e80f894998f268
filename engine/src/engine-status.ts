// The engine's figures, for the status call and for /metrics.

import type { GetStatusResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import { eventRange } from './event-log/event-log-files.ts';
import type { CommandIntake } from './gateway/command-intake.ts';
import type { EventReaders } from './gateway/event-readers.ts';
import type { ResultRouter } from './gateway/result-router.ts';
import { StateHashReader } from './gateway/state-hash-reader.ts';
import type { StateReader } from './gateway/state-reader.ts';
import type { LatencyReader } from './latency/latency-reader.ts';
import { RingMonitor } from './ring/ring-monitor.ts';
import { nodeStorage } from './storage/node-storage.ts';
import type { InputRing } from './workers/topology.ts';

interface Parts {
  readonly input: InputRing;
  readonly intake: CommandIntake;
  readonly results: ResultRouter;
  readonly readers: EventReaders;
  readonly state: StateReader;
  readonly latency: LatencyReader;
  /** Where the event log is. */
  readonly directory: string;
  readonly isReady: () => boolean;
}

export class EngineStatusReader {
  readonly #parts: Parts;
  readonly #slotCount: number;
  readonly #input: RingMonitor<'journal' | 'core'>;
  readonly #hashes: StateHashReader;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#slotCount = parts.input.slotCount;
    this.#input = new RingMonitor(parts.input);
    this.#hashes = new StateHashReader(parts.state);
  }

  async read(withStateHash: boolean): Promise<GetStatusResponse> {
    const { consumedLag, journalLag } = this.lags();
    const latency = this.#parts.latency.recent();
    const total = latency.at(-1)!;
    const state = withStateHash ? await this.#hashes.read() : { ...(await this.#parts.state.ask<'status'>({ kind: 'status' })), stateHash: '' };
    return {
      ready: this.#parts.isReady(),
      ringSize: this.#slotCount,
      published: BigInt(this.#parts.intake.published),
      consumedLag,
      journalLag,
      lastCommandSequence: BigInt(state.lastCommandSequence),
      lastEventSequence: BigInt(state.lastEventSequence),
      stateHash: state.stateHash,
      p50Micros: total.p50Micros,
      p99Micros: total.p99Micros,
      p999Micros: total.p999Micros,
      latency,
      firstEventSequence: BigInt(eventRange(nodeStorage, this.#parts.directory).first),
    };
  }

  /** Slots between intake and core, and between intake and journal. */
  lags(): { readonly consumedLag: number; readonly journalLag: number } {
    return { consumedLag: this.#input.lagOf('core'), journalLag: this.#input.lagOf('journal') };
  }

  /** Prometheus text. */
  metricsText(lastEventSequence: number): string {
    const { consumedLag, journalLag } = this.lags();
    const { intake, results, readers, latency } = this.#parts;
    return [
      metric('mib_engine_commands_total', 'counter', 'Commands taken in since the start', intake.published),
      metric('mib_engine_last_event_sequence', 'gauge', 'Sequence of the last published event', lastEventSequence),
      metric('mib_engine_consumed_lag', 'gauge', 'Commands taken in and not yet applied', consumedLag),
      metric('mib_engine_journal_lag', 'gauge', 'Commands taken in and not yet durable', journalLag),
      metric('mib_engine_results_held', 'gauge', 'Commands of packed streams under way, or answered and not yet taken by their clients', results.held),
      metric('mib_engine_event_readers', 'gauge', 'Open readers of events', readers.open.size),
      metric('mib_engine_event_reader_lag', 'gauge', 'Events that the slowest reader is behind', slowest(readers, lastEventSequence)),
      latency.metricsText(),
      '',
    ].join('\n');
  }
}

function slowest(readers: EventReaders, lastEventSequence: number): number {
  let lag = 0;
  for (const { through } of readers.open) lag = Math.max(lag, lastEventSequence - through);
  return lag;
}

function metric(name: string, type: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}`;
}
