// Reads a stream as what it holds: gzip is told by its first two bytes, whatever the file is called.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ClientError } from '@mib/service/errors';

/** Unpacked bytes of one file; a day of ITCH has 12 GB. Readers keep nothing, so this only bounds how long they run. */
export const MAX_UNPACKED_BYTES = 64 * 1024 ** 3;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * Yields the bytes of `source`, unpacked when they are gzip; members that follow each other are one file.
 *
 * @throws {ClientError} VALIDATION for gzip that is damaged, breaks off or unpacks to more than `maxBytes`.
 */
export async function* uncompressed(source: Readable, maxBytes = MAX_UNPACKED_BYTES): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await chunks.next();
    if (first.done) return;
    if (isGzip(first.value)) return yield* gunzip(from(first.value, chunks), maxBytes);
    yield* from(first.value, chunks);
  } finally {
    source.destroy();
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1];
}

async function* from(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (let next: IteratorResult<Buffer> = { value: first, done: false }; !next.done; next = await rest.next()) yield next.value;
}

async function* gunzip(packed: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  const unpacker = createGunzip();
  // Its failure ends the reading of `unpacker`, which is where it is seen.
  const packing = pipeline(Readable.from(packed), unpacker).catch(() => undefined);
  let total = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > maxBytes) throw new ClientError('VALIDATION', `file must unpack to at most ${maxBytes} bytes`, { field: ['input', 'uri'] });
      yield chunk;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new ClientError('VALIDATION', `file must be whole gzip: ${error.message}`, { field: ['input', 'uri'], cause: error });
  } finally {
    unpacker.destroy();
    await packing;
  }
}

function isZlibError(error: unknown): error is Error {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_');
}
