// Drains the output ring on the main thread: results to whoever asked, events into the recent ones, and a nudge to those
// who follow. Drains in slices, so that sockets are served in between. While much comes it looks by the clock instead of
// being woken: a wake-up for each batch cost the core's thread an eighth of its time.

import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises';
import { RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT, RESULT_KIND } from '@mib/proto/layout-result';
import { Consumer } from '../ring/consumer.ts';
import type { ExpiryTimer } from '../expiry-timer.ts';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import { SlotTimes } from '../latency/slot-times.ts';
import type { StageHistogram } from '../latency/stage-histogram.ts';
import { stageHistogram, type LatencyMemory } from '../latency/stages.ts';
import { RingHaltedError } from '../ring/ring-memory.ts';
import type { OutputRing } from '../workers/topology.ts';
import type { RecentEvents } from './recent-events.ts';

/** Slots drained before the event loop gets a turn. */
const MAX_SLICE = 8_192;
/** Slots in a slice from which on the next look is by the clock: a million commands a second make some 3,000 a millisecond. */
const BUSY_SLOTS = 1_024;
/** The ring holds twenty times what comes in between. */
const LOOK_EVERY_MS = 1;
const NONE = -1;

/** Receives results one by one, in order, and is told when a slice is over. */
export interface ResultSink {
  onResult(views: RecordViews, index: number): void;
  flush(): void;
}

export interface PublisherParts {
  readonly output: OutputRing;
  readonly sink: ResultSink;
  readonly events: RecentEvents;
  readonly latency: LatencyMemory;
  /** Is told, a slice at a time, when the next order expires. */
  readonly expiry: ExpiryTimer;
}

export class Publisher {
  readonly #consumer: Consumer;
  readonly #slots: RecordViews;
  readonly #mask: number;
  readonly #sink: ResultSink;
  readonly #events: RecentEvents;
  readonly #times: SlotTimes;
  readonly #publishing: StageHistogram;
  readonly #total: StageHistogram;
  readonly #expiry: ExpiryTimer;

  constructor({ output, sink, events, latency, expiry }: PublisherParts) {
    this.#consumer = new Consumer(output, 'publisher');
    this.#slots = recordViews(output.slots);
    this.#mask = output.slotCount - 1;
    this.#sink = sink;
    this.#events = events;
    this.#times = new SlotTimes(latency.outputTimes);
    this.#publishing = stageHistogram(latency, 'PUBLISH');
    this.#total = stageHistogram(latency, 'TOTAL');
    this.#expiry = expiry;
  }

  /** Resolves once the ring is halted and drained. */
  async run(): Promise<void> {
    try {
      for (;;) {
        const drained = this.#drain(await this.#consumer.waitAsync());
        await (drained >= BUSY_SLOTS && drained < MAX_SLICE ? after(LOOK_EVERY_MS) : nextTurn());
      }
    } catch (error) {
      if (!(error instanceof RingHaltedError)) throw error;
    }
  }

  /** @returns slots drained. */
  #drain(available: number): number {
    const first = (this.#consumer.done + 1) | 0;
    const count = Math.min((available - this.#consumer.done) | 0, MAX_SLICE);
    let lastResult = NONE;
    for (let done = 0; done < count; ) {
      const slot = (first + done) & this.#mask;
      if (this.#isResult(slot)) {
        this.#sink.onResult(this.#slots, slot);
        lastResult = slot;
        done++;
      } else {
        const run = this.#eventsFrom(slot, Math.min(count - done, this.#mask + 1 - slot));
        this.#events.add(this.#slots, slot, run);
        done += run;
      }
    }
    if (lastResult !== NONE) this.#expiry.note(this.#slots.numbers[lastResult * RECORD_NUMBERS + RESULT.DUE_NUMBER]!);
    this.#sink.flush();
    this.#measure(first, count, monotonicMs());
    this.#consumer.release((first + count - 1) | 0);
    this.#events.announce();
    return count;
  }

  /** @returns how many of the `count` slots from `slot` on, an event's, are events before the first result. */
  #eventsFrom(slot: number, count: number): number {
    let run = 1;
    while (run < count && !this.#isResult(slot + run)) run++;
    return run;
  }

  /** Results of one frame stand together and share their times, so a run of them is counted at once. */
  #measure(first: number, count: number, nowMs: number): void {
    let applied = 0;
    let arrived = 0;
    let run = 0;
    for (let i = 0; i < count; i++) {
      const slot = (first + i) & this.#mask;
      if (!this.#isResult(slot)) continue;
      const appliedMs = this.#times.at(slot);
      const arrivedMs = this.#slots.numbers[slot * RECORD_NUMBERS + RESULT.RECEIVED_NUMBER]!;
      if (appliedMs !== applied || arrivedMs !== arrived) {
        this.#record(nowMs - applied, nowMs - arrived, run);
        applied = appliedMs;
        arrived = arrivedMs;
        run = 0;
      }
      run++;
    }
    this.#record(nowMs - applied, nowMs - arrived, run);
  }

  #record(publishMs: number, totalMs: number, run: number): void {
    if (run === 0) return;
    this.#publishing.record(publishMs, run);
    this.#total.record(totalMs, run);
  }

  #isResult(slot: number): boolean {
    return this.#slots.words[slot * RECORD_WORDS] === RESULT_KIND;
  }
}
