// Writing and reading journals of made-up records in tests.

import { RECORD_WORDS } from '@mib/proto/layout-record';
import { HEADER_BYTES } from '../journal/journal-format.ts';
import { readJournal, type JournalEnd } from '../journal/journal-reader.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import type { Storage } from '../storage/storage.ts';

export const DIRECTORY = '/data';
export const SEGMENT_BYTES = 8 * 1024;

/** Appends blocks of these sizes and reads everything again, as a start would. */
export function writeBlocks(storage: Storage, end: JournalEnd, sizes: readonly number[]): JournalEnd {
  using writer = new JournalWriter(storage, DIRECTORY, end, { segmentBytes: SEGMENT_BYTES });
  for (const size of sizes) {
    fillBlock(writer, size);
    writer.append(size);
    while (writer.prepare());
  }
  return readAll(storage, end.segment === 0 ? end.lastSequence + 1 : 1).end;
}

/** Records that carry their own sequence (its low 32 bits), and something in the last byte. */
export function fillBlock(writer: JournalWriter, count: number): void {
  const words = new Int32Array(writer.block.buffer, writer.block.byteOffset + HEADER_BYTES, count * RECORD_WORDS);
  words.fill(0);
  for (let i = 0; i < count; i++) {
    words[i * RECORD_WORDS] = (writer.lastSequence + 1 + i) | 0;
    words[i * RECORD_WORDS + RECORD_WORDS - 1] = -1;
  }
}

export function readAll(storage: Storage, from = 1): { readonly end: JournalEnd; readonly values: readonly number[] } {
  const values: number[] = [];
  const end = readJournal(storage, DIRECTORY, (views, first, count) => {
    for (let i = first; i < first + count; i++) values.push(views.words[i * RECORD_WORDS]!);
  }, from);
  return { end, values };
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** The bytes of a file, and putting others in their place. */
export function readFile(storage: Storage, path: string): Buffer {
  using file = storage.open(path, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0);
  return bytes;
}

export function writeFile(storage: Storage, path: string, bytes: Uint8Array): void {
  using file = storage.open(path, 'create');
  if (bytes.byteLength > 0) file.write(bytes, 0);
  file.sync();
}
