// One life of an engine process: what main, journal and core threads do, in one thread and step by step, with the same
// ring, journal, core, event log and recovery, on whatever storage it is given. A thrown error is the death of it.
//
//   offer ─► ring ─► journalStep: number, date, append ─► coreStep: apply, event log ─► results

import { checkCommand } from '@mib/proto/check-command';
import { decodeResult } from '@mib/proto/decode-result';
import type { CommandResult } from '@mib/proto/engine-commands';
import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { RESULT } from '@mib/proto/layout-result';
import type { Core } from '../core/core.ts';
import { EventLogWriter } from '../event-log/event-log-writer.ts';
import { HEADER_BYTES } from '../journal/journal-format.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { replay } from '../replay.ts';
import { allocateRing } from '../ring/allocate-ring.ts';
import { Consumer } from '../ring/consumer.ts';
import { Producer } from '../ring/producer.ts';
import { findStartingPoint } from '../snapshot/starting-point.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { storageFault } from '../storage/storage-fault.ts';
import type { Storage } from '../storage/storage.ts';

export const DIRECTORY = '/data';
/** Small, so that the ring wraps and segments roll in a short session. */
const RING_SLOTS = 16;
const SEGMENT_BYTES = 8_192;

export interface Acknowledgement {
  readonly requestId: number;
  readonly result: CommandResult;
}

export class SimulatedEngine {
  readonly core: Core;
  /** Last command of the snapshot that it started from; 0 for none. */
  readonly startedFrom: number;
  readonly #storage: Storage;
  readonly #ring = allocateRing({ slotCount: RING_SLOTS, slotBytes: RECORD_BYTES, consumers: { journal: [], core: ['journal'] } });
  readonly #slots = recordViews(this.#ring.slots);
  readonly #producer = new Producer(this.#ring);
  readonly #journalTurn = new Consumer(this.#ring, 'journal');
  readonly #coreTurn = new Consumer(this.#ring, 'core');
  readonly #eventLog: EventLogWriter;
  readonly #writer: JournalWriter;
  readonly #block: RecordViews;
  #lastNs: bigint;
  #coreFailure: Error | undefined;
  #syncFailed = false;

  /** Starts on what is there, as the threads do. @throws what they would die of. */
  constructor(storage: Storage) {
    const start = findStartingPoint(storage, DIRECTORY);
    using reader = start.reader;
    this.core = start.core;
    this.startedFrom = start.point.lastSequence;
    this.#storage = storage;
    this.#eventLog = new EventLogWriter(storage, DIRECTORY, { after: start.point.lastEventSequence });
    this.#lastNs = replay(start, { onEvents: (records) => this.#eventLog.append(records) }).lastTimestampNs;
    this.#eventLog.finishRecovery();
    this.#writer = new JournalWriter(storage, DIRECTORY, reader.end(), { segmentBytes: SEGMENT_BYTES });
    const { buffer, byteOffset } = this.#writer.block;
    this.#block = recordViews(buffer as ArrayBuffer, byteOffset + HEADER_BYTES, RING_SLOTS * RECORD_BYTES);
  }

  /** Last command that is durable. */
  get durable(): number {
    return this.#writer.lastSequence;
  }

  /** Takes a command in. @returns false when the ring is full. @throws for one that the gateway refuses. */
  offer(record: RecordViews): boolean {
    if (record.words[COMMAND.KIND] !== COMMAND_KIND.ADVANCE_TIME) checkCommand(record, 0);
    const sequence = this.#producer.tryClaim(1);
    if (sequence === undefined) return false;
    this.#slots.bytes.set(record.bytes, (sequence & (RING_SLOTS - 1)) * RECORD_BYTES);
    this.#producer.publish();
    return true;
  }

  /** Makes everything that waits durable in one write; time never goes back. */
  journalStep(clockNs: bigint): void {
    const available = this.#journalTurn.available();
    const count = (available - this.#journalTurn.done) | 0;
    if (count === 0) return void this.#writer.prepare();
    if (clockNs > this.#lastNs) this.#lastNs = clockNs;
    let sequence = this.#writer.lastSequence;
    for (let i = 0; i < count; i++) {
      const slot = (this.#journalTurn.done + 1 + i) & (RING_SLOTS - 1);
      this.#slots.numbers[slot * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER] = ++sequence;
      this.#slots.longs[slot * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG] = this.#lastNs;
      this.#block.bytes.set(this.#slots.bytes.subarray(slot * RECORD_BYTES, (slot + 1) * RECORD_BYTES), i * RECORD_BYTES);
    }
    this.#writer.append(count);
    this.#journalTurn.release(available);
  }

  /** Of all that is applied. @returns its last command; undefined when there is nothing new, or a sync has failed before. */
  snapshotStep(): number | undefined {
    if (this.#syncFailed) return undefined;
    try {
      return takeSnapshot(this.#storage, DIRECTORY, this.core.lastCommandSequence)?.lastSequence;
    } catch (error) {
      this.#syncFailed = storageFault(error) === 'sync_failed';
      throw error;
    }
  }

  /** Applies up to `most` durable commands: events into the log first, then the results are out. A failing log ends it. */
  coreStep(most: number): { readonly acknowledgements: readonly Acknowledgement[]; readonly events: Uint8Array } {
    if (this.#coreFailure) throw this.#coreFailure;
    try {
      return this.#applyBatch(most);
    } catch (error) {
      this.#coreFailure = error as Error;
      throw error;
    }
  }

  #applyBatch(most: number): { readonly acknowledgements: readonly Acknowledgement[]; readonly events: Uint8Array } {
    const { output } = this.core;
    const count = Math.min((this.#coreTurn.available() - this.#coreTurn.done) | 0, most);
    const first = this.#coreTurn.done + 1;
    for (let i = 0; i < count; i++) this.core.apply(this.#slots, (first + i) & (RING_SLOTS - 1));
    const events = output.events.bytes.slice(0, output.eventCount * RECORD_BYTES);
    if (events.byteLength > 0) this.#eventLog.append(events);
    const acknowledgements = Array.from({ length: output.resultCount }, (_, index) => ({
      requestId: output.results.words[index * RECORD_WORDS + RESULT.REQUEST_ID]!,
      result: decodeResult(output.results, index * RECORD_WORDS),
    }));
    output.clear();
    this.#coreTurn.release((this.#coreTurn.done + count) | 0);
    return { acknowledgements, events };
  }
}
