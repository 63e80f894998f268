// The journal's thread, sole owner of its files. Gives every waiting command its sequence and time, makes up to 4096 of
// them durable in one write, then lets the core see them. A failure ends the thread before anything more is let through.

import { parentPort, workerData } from 'node:worker_threads';
import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews } from '@mib/proto/layout-record';
import { EngineClock } from '../engine-clock.ts';
import { HEADER_BYTES, MAX_BLOCK_RECORDS } from '../journal/journal-format.ts';
import type { JournalEnd } from '../journal/journal-reader.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { Consumer } from '../ring/consumer.ts';
import { RingHaltedError } from '../ring/ring-memory.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import type { InputRing } from './topology.ts';

export interface JournalWorkerData {
  readonly directory: string;
  readonly input: InputRing;
  readonly end: JournalEnd;
  readonly lastTimestampNs: bigint;
}

const { directory, input, end, lastTimestampNs } = workerData as JournalWorkerData;
const consumer = new Consumer(input, 'journal');
const slots = recordViews(input.slots);
const mask = input.slotCount - 1;
const clock = new EngineClock(lastTimestampNs);
const writer = new JournalWriter(nodeStorage, directory, end);
const block = recordViews(writer.block.buffer as ArrayBuffer, writer.block.byteOffset + HEADER_BYTES, MAX_BLOCK_RECORDS * RECORD_BYTES);

parentPort!.postMessage({ kind: 'ready' });
try {
  for (;;) {
    while (consumer.available() === consumer.done && writer.prepare());
    const available = consumer.wait();
    const first = (consumer.done + 1) | 0;
    const slotCount = Math.min((available - consumer.done) | 0, MAX_BLOCK_RECORDS);
    const records = stamp(first, slotCount, clock.now());
    if (records > 0) writer.append(records);
    consumer.release((first + slotCount - 1) | 0);
  }
} catch (error) {
  if (!(error instanceof RingHaltedError)) throw error;
} finally {
  writer[Symbol.dispose]();
}

/** Numbers and dates the commands and copies them into the block; queries are not commands and stay out. @returns records in the block. */
function stamp(first: number, slotCount: number, timestampNs: bigint): number {
  let records = 0;
  let sequence = writer.lastSequence;
  for (let i = 0; i < slotCount; i++) {
    const slot = (first + i) & mask;
    if (slots.words[slot * RECORD_WORDS + COMMAND.KIND] === COMMAND_KIND.QUERY) continue;
    slots.numbers[slot * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = ++sequence;
    slots.longs[slot * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = timestampNs;
    copyRecord(slot, records++);
  }
  return records;
}

function copyRecord(slot: number, record: number): void {
  const from = slot * RECORD_WORDS;
  const to = record * RECORD_WORDS;
  for (let i = 0; i < RECORD_WORDS; i++) block.words[to + i] = slots.words[from + i]!;
}
