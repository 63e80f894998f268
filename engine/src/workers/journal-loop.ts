// The journal's thread, sole owner of its files. Gives every waiting command its sequence and time, makes up to 4096 of
// them durable in one write, then lets the core see them. Once a write has failed, no command is let through any more:
// each is struck out in its slot, and only reads go on to the core, so that the engine can still be looked at.

import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { EngineClock } from '../engine-clock.ts';
import { HEADER_BYTES, MAX_BLOCK_RECORDS } from '../journal/journal-format.ts';
import type { JournalEnd } from '../journal/journal-reader.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import { SlotTimes } from '../latency/slot-times.ts';
import type { StageHistogram } from '../latency/stage-histogram.ts';
import { stageHistogram, type LatencyMemory } from '../latency/stages.ts';
import { Consumer } from '../ring/consumer.ts';
import { RingHaltedError } from '../ring/ring-memory.ts';
import { storageFailure, type StorageFailure } from '../storage/storage-fault.ts';
import type { Storage } from '../storage/storage.ts';
import { STRUCK_OUT, type InputRing } from './topology.ts';

export interface JournalWorkerData {
  readonly directory: string;
  readonly input: InputRing;
  readonly latency: LatencyMemory;
  readonly end: JournalEnd;
  readonly lastTimestampNs: bigint;
}

export class JournalLoop {
  readonly #consumer: Consumer;
  readonly #slots: RecordViews;
  readonly #mask: number;
  readonly #times: SlotTimes;
  readonly #stage: StageHistogram;
  readonly #clock: EngineClock;
  readonly #writer: JournalWriter;
  readonly #block: RecordViews;
  readonly #onFailure: (failure: StorageFailure) => void;
  #failed = false;

  /** @param options.onFailure - called once, before anything that was not durable leaves the thread. */
  constructor(storage: Storage, data: JournalWorkerData, options: { readonly onFailure: (failure: StorageFailure) => void; readonly segmentBytes?: number }) {
    this.#consumer = new Consumer(data.input, 'journal');
    this.#slots = recordViews(data.input.slots);
    this.#mask = data.input.slotCount - 1;
    this.#times = new SlotTimes(data.latency.inputTimes);
    this.#stage = stageHistogram(data.latency, 'JOURNAL');
    this.#clock = new EngineClock(data.lastTimestampNs);
    this.#writer = new JournalWriter(storage, data.directory, data.end, options);
    this.#block = recordViews(this.#writer.block.buffer as ArrayBuffer, this.#writer.block.byteOffset + HEADER_BYTES, MAX_BLOCK_RECORDS * RECORD_BYTES);
    this.#onFailure = options.onFailure;
  }

  /** Until the ring is halted and everything in it has passed. */
  run(): void {
    try {
      for (;;) this.#turn();
    } catch (error) {
      if (!(error instanceof RingHaltedError)) throw error;
    } finally {
      this.#writer[Symbol.dispose]();
    }
  }

  #turn(): void {
    const consumer = this.#consumer;
    while (consumer.available() === consumer.done && this.#prepare());
    const available = consumer.wait();
    const first = (consumer.done + 1) | 0;
    const slotCount = Math.min((available - consumer.done) | 0, MAX_BLOCK_RECORDS);
    if (this.#commit(first, slotCount)) this.#times.pass(first, slotCount, monotonicMs(), this.#stage);
    else this.#strikeOut(first, slotCount);
    consumer.release((first + slotCount - 1) | 0);
  }

  /** @returns whether everything in the slots is durable. */
  #commit(first: number, slotCount: number): boolean {
    if (this.#failed) return false;
    const records = this.#stamp(first, slotCount, this.#clock.now());
    try {
      if (records > 0) this.#writer.append(records);
      return true;
    } catch (error) {
      return this.#fail(error);
    }
  }

  #prepare(): boolean {
    try {
      return !this.#failed && this.#writer.prepare();
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error: unknown): false {
    this.#failed = true;
    this.#onFailure(storageFailure('journal', error));
    return false;
  }

  /** Numbers and dates the commands and copies them into the block; queries are not commands and stay out. @returns records in the block. */
  #stamp(first: number, slotCount: number, timestampNs: bigint): number {
    const { words, numbers, longs } = this.#slots;
    let records = 0;
    let run = 0;
    let sequence = this.#writer.lastSequence;
    for (let i = 0; i < slotCount; i++) {
      const slot = (first + i) & this.#mask;
      if (words[slot * RECORD_WORDS + COMMAND.KIND] === COMMAND_KIND.QUERY) {
        records += this.#copy(first + run, i - run, records);
        run = i + 1;
        continue;
      }
      numbers[slot * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = ++sequence;
      longs[slot * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = timestampNs;
    }
    return records + this.#copy(first + run, slotCount - run, records);
  }

  /** Copies slots that follow each other into the block from record `to` on. @returns `count`. */
  #copy(first: number, count: number, to: number): number {
    const from = this.#slots.bytes;
    const slot = first & this.#mask;
    const beforeWrap = Math.min(count, this.#mask + 1 - slot);
    this.#block.bytes.set(from.subarray(slot * RECORD_BYTES, (slot + beforeWrap) * RECORD_BYTES), to * RECORD_BYTES);
    if (beforeWrap < count) this.#block.bytes.set(from.subarray(0, (count - beforeWrap) * RECORD_BYTES), (to + beforeWrap) * RECORD_BYTES);
    return count;
  }

  #strikeOut(first: number, slotCount: number): void {
    const { words } = this.#slots;
    for (let i = 0; i < slotCount; i++) {
      const kind = ((first + i) & this.#mask) * RECORD_WORDS + COMMAND.KIND;
      if (words[kind] !== COMMAND_KIND.QUERY) words[kind] = STRUCK_OUT;
      this.#times.skip((first + i) | 0);
    }
  }
}
