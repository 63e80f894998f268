// Drains the output ring on the main thread: results to whoever asked, events into the recent ones, and a nudge to those
// who follow. Drains in slices, so that sockets are served in between.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT, RESULT_KIND } from '@mib/proto/layout-result';
import { Consumer } from '../ring/consumer.ts';
import { RingHaltedError } from '../ring/ring-memory.ts';
import type { OutputRing } from '../workers/topology.ts';
import type { LatencyHistogram } from './latency-histogram.ts';
import type { RecentEvents } from './recent-events.ts';

/** Slots drained before the event loop gets a turn. */
const MAX_SLICE = 8_192;

/** Receives results one by one, in order, and is told when a slice is over. */
export interface ResultSink {
  onResult(views: RecordViews, index: number): void;
  flush(): void;
}

export class Publisher {
  readonly #consumer: Consumer;
  readonly #slots: RecordViews;
  readonly #mask: number;
  readonly #sink: ResultSink;
  readonly #events: RecentEvents;
  readonly #latency: LatencyHistogram;

  constructor(output: OutputRing, sink: ResultSink, events: RecentEvents, latency: LatencyHistogram) {
    this.#consumer = new Consumer(output, 'publisher');
    this.#slots = recordViews(output.slots);
    this.#mask = output.slotCount - 1;
    this.#sink = sink;
    this.#events = events;
    this.#latency = latency;
  }

  /** Resolves once the ring is halted and drained. */
  async run(): Promise<void> {
    try {
      for (;;) {
        this.#drain(await this.#consumer.waitAsync());
        await nextTurn();
      }
    } catch (error) {
      if (!(error instanceof RingHaltedError)) throw error;
    }
  }

  #drain(available: number): void {
    const first = (this.#consumer.done + 1) | 0;
    const count = Math.min((available - this.#consumer.done) | 0, MAX_SLICE);
    for (let i = 0; i < count; i++) {
      const slot = (first + i) & this.#mask;
      if (this.#slots.words[slot * RECORD_WORDS] !== RESULT_KIND) this.#events.add(this.#slots, slot);
      else this.#pass(slot);
    }
    this.#consumer.release((first + count - 1) | 0);
    this.#sink.flush();
    this.#events.announce();
  }

  #pass(slot: number): void {
    this.#latency.add(performance.now() - this.#slots.numbers[slot * RECORD_NUMBERS + RESULT.RECEIVED_NUMBER]!);
    this.#sink.onResult(this.#slots, slot);
  }
}
