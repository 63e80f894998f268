// The journal's place in the pipeline without its disk: numbers and dates the commands and lets them pass.

import { parentPort, workerData } from 'node:worker_threads';
import { Consumer } from '@mib/engine/ring/consumer';
import { RingHaltedError } from '@mib/engine/ring/ring-memory';
import type { InputRing } from '@mib/engine/workers/topology';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_NUMBERS, recordViews } from '@mib/proto/layout-record';

const MAX_BATCH = 4_096;

const { input } = workerData as { readonly input: InputRing };
const consumer = new Consumer(input, 'journal');
const slots = recordViews(input.slots);
let sequence = 0;

parentPort!.postMessage({ kind: 'ready' });
try {
  for (;;) {
    const available = consumer.wait();
    const first = (consumer.done + 1) | 0;
    const count = Math.min((available - consumer.done) | 0, MAX_BATCH);
    const timestampNs = BigInt(Date.now()) * 1_000_000n;
    for (let i = 0; i < count; i++) stamp((first + i) & (input.slotCount - 1), timestampNs);
    consumer.release((first + count - 1) | 0);
  }
} catch (error) {
  if (!(error instanceof RingHaltedError)) throw error;
}

function stamp(slot: number, timestampNs: bigint): void {
  slots.numbers[slot * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = ++sequence;
  slots.longs[slot * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = timestampNs;
}
