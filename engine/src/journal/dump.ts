// Commands as JSON lines, for eyes and for jq.

import { setTimeout as delay } from 'node:timers/promises';
import { decodeCommand } from '@mib/proto/decode-command';
import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_NUMBERS, type RecordViews } from '@mib/proto/layout-record';
import type { Storage } from '../storage/storage.ts';
import { JournalReader } from './journal-reader.ts';

/** Between two looks at a journal whose end has been reached. */
const FOLLOW_MS = 100;

export interface DumpOptions {
  /** The first kept by default. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Go on when the end is reached. */
  readonly follow: boolean;
  readonly write: (text: string) => Promise<void>;
}

/** @throws {JournalDamagedError} where good blocks follow a bad one; a torn end is just the end. */
export async function dumpJournal(storage: Storage, directory: string, options: DumpOptions): Promise<void> {
  const { from, to = Infinity, follow, write } = options;
  using reader = new JournalReader(storage, directory, from);
  for (;;) {
    const block = reader.next();
    if (block) {
      const wanted = Math.min(block.count, to - (reader.lastSequence - block.count));
      const lines = Array.from({ length: Math.max(0, wanted) }, (_, i) => dumpLine(block.views, block.first + i));
      await write(lines.join(''));
    }
    if (reader.lastSequence >= to) return;
    if (block) continue;
    if (!follow) return void reader.end();
    await delay(FOLLOW_MS);
  }
}

function dumpLine(views: RecordViews, index: number): string {
  const sequence = views.numbers[index * RECORD_NUMBERS + COMMAND.SEQUENCE_NUMBER]!;
  const time = isoTime(views.longs[index * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG]!);
  return `${JSON.stringify({ sequence, time, ...decodeCommand(views, index) })}\n`;
}

/** With all nine digits: `2026-11-22T16:00:00.123456789Z`. */
export function isoTime(timestampNs: bigint): string {
  const seconds = new Date(Number(timestampNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(timestampNs % 1_000_000_000n).padStart(9, '0')}Z`;
}
