// Event by event, for handlers that are busy enough not to feel the call: the shape of LMAX's EventHandler.

import type { BatchHandler } from './processor.ts';
import { RingHaltedError } from './ring-memory.ts';

export interface EventHandler {
  /** @param endOfBatch - nothing more is known to wait: the time to flush. */
  onEvent(sequence: number, endOfBatch: boolean): void;
  onTimeout?(done: number): void;
  /** What `onEvent` threw. Returning passes over that one event; throwing, or not having this, ends as in BatchHandler. */
  onError?(error: unknown, sequence: number): void;
}

/** A batch handler that calls `handler` for each event. */
export function eachEvent(handler: EventHandler): BatchHandler {
  return {
    onBatch(first, count, endOfBatch) {
      for (let i = 0; i < count; i++) onEvent(handler, (first + i) | 0, endOfBatch && i === count - 1);
    },
    onTimeout: (done) => handler.onTimeout?.(done),
  };
}

function onEvent(handler: EventHandler, sequence: number, endOfBatch: boolean): void {
  try {
    handler.onEvent(sequence, endOfBatch);
  } catch (error) {
    if (!handler.onError || error instanceof RingHaltedError) throw error;
    handler.onError(error, sequence);
  }
}
