// The figures of all stages, for the status call and for Prometheus. The status speaks of the last one or two minutes:
// a reader turns the window when it is due, so that nothing ticks while nobody asks. Prometheus counts since the start
// and takes its own differences.

import { codeOf, LATENCY_STAGES, type LatencyStage } from '@mib/proto/engine-codes';
import type { StageLatency } from '@mib/proto/generated/mib/engine/v1/engine';
import { stageHistogram, type LatencyMemory } from './stages.ts';
import type { StageHistogram } from './stage-histogram.ts';

const WINDOW_MS = 60_000;
const NS_PER_MICRO = 1_000;
const NS_PER_SECOND = 1e9;
const MS_PER_SECOND = 1_000;

/** Upper bounds of the Prometheus buckets in seconds, one, two, five a decade. */
const BOUNDS = [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5];

interface Watched {
  readonly stage: LatencyStage;
  readonly histogram: StageHistogram;
  /** Counts as they stood at the last two turns of the window. */
  previous: Float64Array;
  current: Float64Array;
}

export class LatencyReader {
  readonly #stages: readonly Watched[];
  readonly #nowMs: () => number;
  #turnedAtMs: number;

  /** @param nowMs - a monotonic clock. */
  constructor(memory: LatencyMemory, nowMs: () => number) {
    this.#stages = LATENCY_STAGES.map((stage) => {
      const histogram = stageHistogram(memory, stage);
      return { stage, histogram, previous: histogram.snapshot(), current: histogram.snapshot() };
    });
    this.#nowMs = nowMs;
    this.#turnedAtMs = nowMs();
  }

  /** Percentiles of the last window, one entry a stage, in their order. */
  recent(): StageLatency[] {
    this.#turn();
    return this.#stages.map(({ stage, histogram, previous }) => {
      const figures = histogram.read(previous);
      return {
        stage: codeOf(LATENCY_STAGES, stage) as StageLatency['stage'],
        p50Micros: figures.percentileNs(0.5) / NS_PER_MICRO,
        p99Micros: figures.percentileNs(0.99) / NS_PER_MICRO,
        p999Micros: figures.percentileNs(0.999) / NS_PER_MICRO,
        maxMicros: figures.maxNs() / NS_PER_MICRO,
        count: BigInt(figures.count),
      };
    });
  }

  /** One Prometheus histogram with a label for the stage. */
  metricsText(): string {
    const name = 'mib_engine_stage_latency_seconds';
    const lines = [`# HELP ${name} Time of a command in each stage inside the engine; TOTAL from arrival to departure`, `# TYPE ${name} histogram`];
    for (const { stage, histogram } of this.#stages) {
      const figures = histogram.read();
      for (const bound of BOUNDS) lines.push(`${name}_bucket{stage="${stage}",le="${bound}"} ${figures.countUpTo(bound * NS_PER_SECOND)}`);
      lines.push(`${name}_bucket{stage="${stage}",le="+Inf"} ${figures.count}`);
      lines.push(`${name}_sum{stage="${stage}"} ${figures.sumMs / MS_PER_SECOND}`, `${name}_count{stage="${stage}"} ${figures.count}`);
    }
    return lines.join('\n');
  }

  #turn(): void {
    const elapsedMs = this.#nowMs() - this.#turnedAtMs;
    if (elapsedMs < WINDOW_MS) return;
    for (const watched of this.#stages) {
      const now = watched.histogram.snapshot();
      watched.previous = elapsedMs >= 2 * WINDOW_MS ? now : watched.current;
      watched.current = now;
    }
    this.#turnedAtMs = this.#nowMs();
  }
}
