// The stages of a command's way through the engine, each with a histogram that the thread at its end writes:
//
//   frame ─DECODE─► in the ring ─JOURNAL─► on disk ─CORE─► applied ─PUBLISH─► result handed to its stream
//         └──────────────────────────────── TOTAL ────────────────────────────────────────────────────┘

import { LATENCY_STAGES, type LatencyStage } from '@mib/proto/engine-codes';
import { HISTOGRAM_WORDS, StageHistogram } from './stage-histogram.ts';

/** What the threads share to measure; can be posted to a worker as it is. */
export interface LatencyMemory {
  readonly histograms: SharedArrayBuffer;
  /** One time for each slot of the input ring and of the output ring: see SlotTimes. */
  readonly inputTimes: SharedArrayBuffer;
  readonly outputTimes: SharedArrayBuffer;
}

export function allocateLatency(inputSlots: number, outputSlots: number): LatencyMemory {
  return {
    histograms: new SharedArrayBuffer(LATENCY_STAGES.length * HISTOGRAM_WORDS * 8),
    inputTimes: new SharedArrayBuffer(inputSlots * 8),
    outputTimes: new SharedArrayBuffer(outputSlots * 8),
  };
}

export function stageHistogram(memory: LatencyMemory, stage: LatencyStage): StageHistogram {
  return new StageHistogram(new Float64Array(memory.histograms, LATENCY_STAGES.indexOf(stage) * HISTOGRAM_WORDS * 8, HISTOGRAM_WORDS));
}
