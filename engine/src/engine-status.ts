// The engine's figures, for the status call and for /metrics.

import type { GetStatusResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import type { CommandIntake } from './gateway/command-intake.ts';
import type { StateReader } from './gateway/state-reader.ts';
import type { LatencyHistogram } from './publisher/latency-histogram.ts';
import { RingMonitor } from './ring/ring-monitor.ts';
import type { InputRing } from './workers/topology.ts';

export class EngineStatusReader {
  readonly #slotCount: number;
  readonly #input: RingMonitor<'journal' | 'core'>;
  readonly #intake: CommandIntake;
  readonly #state: StateReader;
  readonly #latency: LatencyHistogram;
  readonly #isReady: () => boolean;

  constructor(parts: { input: InputRing; intake: CommandIntake; state: StateReader; latency: LatencyHistogram; isReady: () => boolean }) {
    this.#slotCount = parts.input.slotCount;
    this.#input = new RingMonitor(parts.input);
    this.#intake = parts.intake;
    this.#state = parts.state;
    this.#latency = parts.latency;
    this.#isReady = parts.isReady;
  }

  async read(withStateHash: boolean): Promise<GetStatusResponse> {
    const { consumedLag, journalLag } = this.lags();
    const state = await this.#state.ask<'status'>({ kind: 'status', stateHash: withStateHash });
    return {
      ready: this.#isReady(),
      ringSize: this.#slotCount,
      published: BigInt(this.#intake.published),
      consumedLag,
      journalLag,
      lastCommandSequence: BigInt(state.lastCommandSequence),
      lastEventSequence: BigInt(state.lastEventSequence),
      stateHash: state.stateHash,
      p50Micros: this.#latency.percentile(0.5),
      p99Micros: this.#latency.percentile(0.99),
      p999Micros: this.#latency.percentile(0.999),
    };
  }

  /** Slots between intake and core, and between intake and journal. */
  lags(): { readonly consumedLag: number; readonly journalLag: number } {
    return { consumedLag: this.#input.lagOf('core'), journalLag: this.#input.lagOf('journal') };
  }

  /** Prometheus text. */
  metricsText(lastEventSequence: number): string {
    const { consumedLag, journalLag } = this.lags();
    return [
      metric('mib_engine_commands_total', 'counter', 'Commands taken in since the start', this.#intake.published),
      metric('mib_engine_last_event_sequence', 'gauge', 'Sequence of the last published event', lastEventSequence),
      metric('mib_engine_consumed_lag', 'gauge', 'Commands taken in and not yet applied', consumedLag),
      metric('mib_engine_journal_lag', 'gauge', 'Commands taken in and not yet durable', journalLag),
      '# HELP mib_engine_latency_micros Arrival to departure of a command',
      '# TYPE mib_engine_latency_micros gauge',
      ...[0.5, 0.99, 0.999].map((quantile) => `mib_engine_latency_micros{quantile="${quantile}"} ${this.#latency.percentile(quantile)}`),
      '',
    ].join('\n');
  }
}

function metric(name: string, type: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}`;
}
