// One end of a MessageChannel, what Node offers by itself: batches move as transferred arrays, a bounded number under way.

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

export interface ChannelWorkerData {
  readonly role: 'producer' | 'consumer';
  readonly port: MessagePort;
  readonly events: number;
  readonly batch: number;
}

/** Messages under way: enough to keep both sides busy, few enough to bound memory. */
const WINDOW = 64;

const { role, port, events, batch } = workerData as ChannelWorkerData;
parentPort!.postMessage(role === 'producer' ? await produce() : await consume());

/** Two passes, the first to warm up. @returns milliseconds of the second, until everything has been acknowledged. */
async function produce(): Promise<number> {
  let inFlight = 0;
  let wake: () => void = () => undefined;
  port.on('message', () => {
    inFlight--;
    wake();
  });
  const pass = async (): Promise<void> => {
    for (let sent = 0; sent < events; ) {
      const count = Math.min(batch, events - sent);
      const numbers = new Float64Array(count);
      for (let i = 0; i < count; i++) numbers[i] = sent++;
      port.postMessage(numbers, [numbers.buffer]);
      inFlight++;
      while (inFlight >= WINDOW) await new Promise<void>((resolve) => (wake = resolve));
    }
    while (inFlight > 0) await new Promise<void>((resolve) => (wake = resolve));
  };
  await pass();
  const startedMs = performance.now();
  await pass();
  port.close();
  return performance.now() - startedMs;
}

/** @returns the sum of both passes. */
function consume(): Promise<number> {
  let sum = 0;
  let seen = 0;
  return new Promise((resolve) => {
    port.on('message', (numbers: Float64Array) => {
      for (let i = 0; i < numbers.length; i++) sum += numbers[i]!;
      seen += numbers.length;
      port.postMessage(0);
      if (seen === 2 * events) resolve(sum);
    });
  });
}
