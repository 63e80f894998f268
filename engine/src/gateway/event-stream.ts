// One reader of events. It has a position and nothing else: the next batch is read when the last one was taken, from
// memory when it is recent, else from the log, so a slow reader costs no memory.

import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { StreamEventsRequest, StreamEventsResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import { EVENT, MAX_EVENTS_PER_BATCH } from '@mib/proto/layout-event';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { EventLogReader } from '../event-log/event-log-reader.ts';
import type { RecentEvents } from '../publisher/recent-events.ts';
import { nodeStorage } from '../storage/node-storage.ts';

/** Events passed over before a reader is told how far it has come. */
const MAX_SILENT_EVENTS = 16_384;

export type EventCall = ServerWritableStream<StreamEventsRequest, StreamEventsResponse>;

/** Streams until the call is cancelled. */
export async function streamEvents(call: EventCall, directory: string, recent: RecentEvents): Promise<void> {
  using log = new EventLogReader(nodeStorage, directory);
  const kinds = new Set(call.request.kinds);
  const gone = new Promise<void>((resolve) => call.once('cancelled', () => resolve()));
  let through = Number(call.request.after);
  let told = through;
  while (!call.cancelled) {
    if (recent.lastSequence <= through) {
      await waitBeyond(recent, through, gone);
      continue;
    }
    const max = Math.min(MAX_EVENTS_PER_BATCH, recent.lastSequence - through);
    const records = recent.read(through + 1, max) ?? (await log.read(through + 1, max));
    through += records.byteLength / RECORD_BYTES;
    const wanted = kinds.size === 0 ? records : filterKinds(records, kinds);
    if (wanted.byteLength === 0 && through - told < MAX_SILENT_EVENTS) continue;
    told = through;
    if (!call.write({ records: Buffer.from(wanted.buffer, wanted.byteOffset, wanted.byteLength), through: BigInt(through) })) {
      await Promise.race([once(call, 'drain').catch(() => undefined), gone]);
    }
  }
}

async function waitBeyond(recent: RecentEvents, sequence: number, gone: Promise<void>): Promise<void> {
  const wait = recent.waitBeyond(sequence);
  await Promise.race([wait.promise, gone]);
  wait.wakeEarly();
}

function filterKinds(records: Uint8Array, kinds: ReadonlySet<number>): Uint8Array {
  const wanted = new Uint8Array(records.byteLength);
  let length = 0;
  for (let at = 0; at < records.byteLength; at += RECORD_BYTES) {
    if (!kinds.has(records[at + 4 * EVENT.KIND]!)) continue;
    wanted.set(records.subarray(at, at + RECORD_BYTES), length);
    length += RECORD_BYTES;
  }
  return wanted.subarray(0, length);
}
