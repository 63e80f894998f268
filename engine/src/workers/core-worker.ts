// The core's thread, sole owner of the state. First the newest snapshot and the journal after it, then live commands once
// they are durable.
// Reads ride in the input ring as QUERY records, so each sees every command before it and none after.

import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { EventLogWriter } from '../event-log/event-log-writer.ts';
import { replay } from '../replay.ts';
import type { JournalEnd } from '../journal/journal-reader.ts';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import { SlotTimes } from '../latency/slot-times.ts';
import { stageHistogram, type LatencyMemory } from '../latency/stages.ts';
import { Consumer } from '../ring/consumer.ts';
import { Producer } from '../ring/producer.ts';
import { RingHaltedError } from '../ring/ring-memory.ts';
import { findStartingPoint } from '../snapshot/starting-point.ts';
import { nodeStorage } from '../storage/node-storage.ts';
import { storageFailure } from '../storage/storage-fault.ts';
import { StateQueries, type StateQuery } from './state-query.ts';
import { STRUCK_OUT, type InputRing, type OutputRing } from './topology.ts';

export interface CoreWorkerData {
  readonly directory: string;
  readonly input: InputRing;
  readonly output: OutputRing;
  readonly latency: LatencyMemory;
  readonly queries: MessagePort;
  readonly commandsPerSnapshot: number;
}

/** What the thread says once, when it is ready. */
export interface Recovered {
  readonly end: JournalEnd;
  readonly lastTimestampNs: bigint;
  readonly lastEventSequence: number;
  /** When the next order expires, in Unix microseconds; 0 for never. */
  readonly dueMicros: number;
  /** Last command of the snapshot that it started from; 0 for none. */
  readonly snapshotSequence: number;
  readonly passedOver: readonly string[];
  readonly tookMs: number;
}

/** What it says from time to time. */
export interface SnapshotDue {
  readonly kind: 'snapshot-due';
  readonly through: number;
}

/** Commands applied before their outcome is let out, so that a full ring does not wait for its last command. */
const MAX_BATCH = 512;

const { directory, input, output, latency, queries, commandsPerSnapshot } = workerData as CoreWorkerData;
const consumer = new Consumer(input, 'core');
const producer = new Producer(output);
const commands = recordViews(input.slots);
const outSlots = recordViews(output.slots);
const commandMask = input.slotCount - 1;
const outMask = output.slotCount - 1;
const inputTimes = new SlotTimes(latency.inputTimes);
const outputTimes = new SlotTimes(latency.outputTimes);
const stage = stageHistogram(latency, 'CORE');
const startedAt = performance.now();
const start = findStartingPoint(nodeStorage, directory);
const { core } = start;
const reads = new StateQueries(core);
const eventLog = new EventLogWriter(nodeStorage, directory, { after: start.point.lastEventSequence });
let eventLogFailed = false;
/** The command after which the next snapshot is due. */
let snapshotAt = start.point.lastSequence + commandsPerSnapshot;

recover();
try {
  for (;;) applyBatch(consumer.wait());
} catch (error) {
  if (!(error instanceof RingHaltedError)) throw error;
} finally {
  eventLog[Symbol.dispose]();
  queries.close();
}

function recover(): void {
  const { lastTimestampNs, lastEventSequence } = replay(start, { onEvents: (records) => eventLog.append(records) });
  // First the journal: its damage is the reason when events are left over.
  const end = start.reader.end();
  eventLog.finishRecovery();
  start.reader[Symbol.dispose]();
  const recovered: Recovered = { end, lastTimestampNs, lastEventSequence, dueMicros: core.dueMicros, snapshotSequence: start.point.lastSequence, passedOver: start.passedOver, tookMs: performance.now() - startedAt };
  parentPort!.postMessage(recovered);
}

function applyBatch(available: number): void {
  const first = (consumer.done + 1) | 0;
  const count = Math.min((available - consumer.done) | 0, MAX_BATCH);
  for (let i = 0; i < count; ) {
    const slot = (first + i) & commandMask;
    const together = commandsFrom(slot, Math.min(count - i, input.slotCount - slot));
    if (together > 0 && !eventLogFailed) core.apply(commands, slot, together);
    else if (together === 0 && kindAt(slot) === COMMAND_KIND.QUERY) answer();
    i += Math.max(together, 1);
  }
  const appliedMs = monotonicMs();
  inputTimes.pass(first, count, appliedMs, stage);
  publish(appliedMs);
  consumer.release((first + count - 1) | 0);
  if (core.lastCommandSequence >= snapshotAt && !eventLogFailed) askForSnapshot(core.lastCommandSequence);
}

/** How many of the slots from this one on hold commands for the core. */
function commandsFrom(slot: number, most: number): number {
  let count = 0;
  while (count < most && kindAt(slot + count) !== COMMAND_KIND.QUERY && kindAt(slot + count) !== STRUCK_OUT) count++;
  return count;
}

function kindAt(slot: number): number {
  return commands.words[slot * RECORD_WORDS + COMMAND.KIND]!;
}

/** Everything through here is durable and its events are logged, which is all that taking one needs. */
function askForSnapshot(through: number): void {
  snapshotAt = through + commandsPerSnapshot;
  parentPort!.postMessage({ kind: 'snapshot-due', through } satisfies SnapshotDue);
}

/** Events first into the log, then into the ring, then the results: whoever has a result finds its events in the log. */
function publish(appliedMs: number): void {
  const { events, eventCount, results, resultCount } = core.output;
  if (eventCount === 0 || log(events.bytes.subarray(0, eventCount * RECORD_BYTES))) {
    copyOut(events, eventCount, appliedMs);
    copyOut(results, resultCount, appliedMs);
    if (producer.unpublished > 0) producer.publish();
  }
  core.output.clear();
}

/** After a failure the engine answers reads only. The commands are safe: a new start derives their events again. */
function log(records: Uint8Array): boolean {
  try {
    eventLog.append(records);
  } catch (error) {
    eventLogFailed = true;
    parentPort!.postMessage(storageFailure('event-log', error));
  }
  return !eventLogFailed;
}

/** Claims and fills; publishes on the way only what a whole ring cannot hold. */
function copyOut(records: RecordViews, count: number, appliedMs: number): void {
  for (let done = 0; done < count; ) {
    if (producer.unpublished === output.slotCount) producer.publish();
    const part = Math.min(count - done, output.slotCount - producer.unpublished);
    const first = (producer.claim(part) - part + 1) | 0;
    const slot = first & outMask;
    const beforeWrap = Math.min(part, output.slotCount - slot);
    outSlots.bytes.set(records.bytes.subarray(done * RECORD_BYTES, (done + beforeWrap) * RECORD_BYTES), slot * RECORD_BYTES);
    if (beforeWrap < part) outSlots.bytes.set(records.bytes.subarray((done + beforeWrap) * RECORD_BYTES, (done + part) * RECORD_BYTES), 0);
    outputTimes.enter(first, part, appliedMs);
    done += part;
  }
}

/** The question was posted before its record was published, so it is there. */
function answer(): void {
  publish(monotonicMs());
  queries.postMessage(reads.reply(receiveMessageOnPort(queries)?.message as StateQuery));
}
