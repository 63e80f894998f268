// One reader of events. It has a position and little else: the next batch is read when the connection has taken the one
// before the last, from memory when it is recent, else from the log, so a reader that stops costs MAX_UNSENT batches.

import type { ServerWritableStream } from '@grpc/grpc-js';
import type { StreamEventsRequest, StreamEventsResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import { EventLogReader } from '../event-log/event-log-reader.ts';
import type { RecentEvents } from '../publisher/recent-events.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { EventFilter } from './event-filter.ts';

/** Events passed over before a reader is told how far it has come. */
const MAX_SILENT_EVENTS = 16_384;
/** Batches handed to the connection and not yet taken by it, 128 KiB each at most. */
export const MAX_UNSENT = 4;

export type EventCall = ServerWritableStream<StreamEventsRequest, StreamEventsResponse>;

/** How far a reader has come, and what it holds. */
export interface ReaderState {
  /** Last event read for it. */
  through: number;
  /** Batches that its connection has not taken yet. */
  unsent: number;
}

/** Streams until the call is cancelled, or the engine drains and every event has been handed over. */
export async function streamEvents(call: EventCall, directory: string, recent: RecentEvents, draining: AbortSignal, state: ReaderState): Promise<void> {
  using log = new EventLogReader(nodeStorage, directory);
  const filter = new EventFilter(call.request);
  using wakeUp = new WakeUp(call, draining);
  const started = recent.lastSequence;
  let told = state.through;
  while (!call.cancelled) {
    if (recent.lastSequence <= state.through) {
      if (draining.aborted) return;
      await wakeUp.orNews(recent, state.through);
      continue;
    }
    const max = Math.min(filter.stride, recent.lastSequence - state.through);
    const { records, looked } = filter.pick(recent.read(state.through + 1, max) ?? (await log.read(state.through + 1, max)));
    state.through += looked;
    const hasCaughtUp = told < started && state.through >= started;
    if (records.byteLength === 0 && !hasCaughtUp && state.through - told < MAX_SILENT_EVENTS) continue;
    told = state.through;
    state.unsent++;
    call.write({ records: Buffer.from(records.buffer, records.byteOffset, records.byteLength), through: BigInt(state.through) }, () => {
      state.unsent--;
      wakeUp.wake();
    });
    while (state.unsent >= MAX_UNSENT && !call.cancelled) await wakeUp.next();
  }
}

/** One place to wait for whatever may let a reader go on: its connection took a batch, it is gone, the engine drains. */
class WakeUp implements Disposable {
  readonly #draining: AbortSignal;
  readonly #wake = (): void => this.wake();
  #waiting: (() => void) | undefined;

  constructor(call: EventCall, draining: AbortSignal) {
    this.#draining = draining;
    call.once('cancelled', this.#wake);
    draining.addEventListener('abort', this.#wake, { once: true });
  }

  wake(): void {
    this.#waiting?.();
  }

  next(): Promise<void> {
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  async orNews(recent: RecentEvents, sequence: number): Promise<void> {
    const news = recent.waitBeyond(sequence);
    await Promise.race([news.promise, this.next()]);
    news.wakeEarly();
  }

  [Symbol.dispose](): void {
    this.#draining.removeEventListener('abort', this.#wake);
  }
}
