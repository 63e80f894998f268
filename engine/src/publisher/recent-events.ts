// The last events in memory, for readers that keep up; who falls further behind reads the event log on disk. Bounded by
// its size whatever the number of readers.

import { RECORD_BYTES, type RecordViews } from '@mib/proto/layout-record';

/** 8 MiB: several seconds of a busy market. */
const RECENT_EVENTS = 65_536;

export class RecentEvents {
  readonly #bytes = new Uint8Array(RECENT_EVENTS * RECORD_BYTES);
  readonly #waiting = new Set<() => void>();
  readonly #oldestPossible: number;
  /** Highest sequence that is in the log and may be read. */
  lastSequence: number;

  /** @param lastSequence - last event of the recovered log; nothing up to it is in memory. */
  constructor(lastSequence: number) {
    this.lastSequence = lastSequence;
    this.#oldestPossible = lastSequence + 1;
  }

  /** Copies the event records `index` to `index + count - 1` of `views`, those after `lastSequence`. */
  add(views: RecordViews, index: number, count: number): void {
    for (let done = 0; done < count; ) {
      const slot = (this.lastSequence + 1) % RECENT_EVENTS;
      const part = Math.min(count - done, RECENT_EVENTS - slot);
      this.#bytes.set(views.bytes.subarray((index + done) * RECORD_BYTES, (index + done + part) * RECORD_BYTES), slot * RECORD_BYTES);
      this.lastSequence += part;
      done += part;
    }
  }

  /** Wakes the readers that wait for more. */
  announce(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** A copy of up to `max` records from `first` on, fewer at the wrap; undefined when `first` is not in memory any more. */
  read(first: number, max: number): Uint8Array | undefined {
    const oldest = Math.max(this.#oldestPossible, this.lastSequence - RECENT_EVENTS + 1);
    if (first < oldest) return undefined;
    const slot = first % RECENT_EVENTS;
    const count = Math.min(max, this.lastSequence - first + 1, RECENT_EVENTS - slot);
    return this.#bytes.slice(slot * RECORD_BYTES, (slot + count) * RECORD_BYTES);
  }

  /** Resolves when there are events after `sequence`, or at once when `wakeEarly` is called. */
  waitBeyond(sequence: number): { readonly promise: Promise<void>; readonly wakeEarly: () => void } {
    if (this.lastSequence > sequence) return { promise: Promise.resolve(), wakeEarly: () => undefined };
    let wake!: () => void;
    const promise = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.add(wake);
    return {
      promise,
      wakeEarly: () => {
        this.#waiting.delete(wake);
        wake();
      },
    };
  }
}
