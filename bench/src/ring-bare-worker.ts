// The least that one event could cost: one thread writes a number and stores a cursor, another loads the cursor and adds
// the numbers up. Nobody waits for room, so the reader may miss what is overwritten; what it must see is the last one.

import { parentPort, workerData } from 'node:worker_threads';

export interface BareWorkerData {
  readonly role: 'writer' | 'reader';
  readonly cursor: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly events: number;
}

const CHUNK = 65_536;

const { role, cursor, slots, events } = workerData as BareWorkerData;
const words = new Int32Array(cursor);
const numbers = new Float64Array(slots);
const mask = numbers.length - 1;
parentPort!.postMessage(role === 'writer' ? write() : read());

/** Two passes, the first to warm up. @returns milliseconds of the second. */
function write(): number {
  for (let from = 0; from < events; from += CHUNK) writeChunk(from, Math.min(events, from + CHUNK));
  const startedMs = performance.now();
  for (let from = events; from < 2 * events; from += CHUNK) writeChunk(from, Math.min(2 * events, from + CHUNK));
  return performance.now() - startedMs;
}

function writeChunk(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    numbers[i & mask] = i;
    Atomics.store(words, 0, i);
  }
}

/** @returns the number in the slot of the last event. */
function read(): number {
  let seen = 0;
  while (seen !== 2 * events - 1) seen = readChunk(seen);
  return numbers[seen & mask]!;
}

function readChunk(from: number): number {
  let seen = from;
  for (let looks = 0; looks < CHUNK && seen !== 2 * events - 1; looks++) {
    const now = Atomics.load(words, 0);
    if (now < seen) throw new Error(`the cursor went back from ${seen} to ${now}`);
    seen = now;
  }
  return seen;
}
