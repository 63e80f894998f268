import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineCursor, MAX_LINE_BYTES } from './line-cursor.ts';
import { uncompressed } from './uncompressed.ts';

const TEXT = Buffer.from('one\ntwo\nthree\n'.repeat(2_000));

describe('a file that may be packed', () => {
  it.each([
    ['plain', TEXT],
    ['packed', gzipSync(TEXT)],
    ['packed in two members', Buffer.concat([gzipSync(TEXT.subarray(0, 999)), gzipSync(TEXT.subarray(999))])],
  ])('is read as what it holds: %s', async (_, bytes) => {
    for (const chunkBytes of [bytes.length, 1_000]) expect(Buffer.compare(await read(bytes, chunkBytes), TEXT)).toBe(0);
  });

  it('may be empty', async () => {
    expect(await read(Buffer.alloc(0))).toHaveLength(0);
  });

  it('is refused when it breaks off, wherever', async () => {
    const packed = gzipSync(TEXT);
    for (let length = 2; length < packed.length; length += 7) await expect(read(packed.subarray(0, length))).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('is never unpacked to something else when bytes are changed', async () => {
    const packed = gzipSync(TEXT);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const damaged = Buffer.from(packed);
        damaged[at] = damaged[at]! ^ by;
        const outcome = await read(damaged).catch((error: { code?: string }) => error.code);
        expect(outcome === 'VALIDATION' || (Buffer.isBuffer(outcome) && Buffer.compare(outcome, TEXT) === 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused beyond its bound, before more is unpacked', async () => {
    await expect(collect(uncompressed(Readable.from([gzipSync(Buffer.alloc(10_000_000))]), 1_000_000))).rejects.toThrow('file must unpack to at most 1000000 bytes');
  });
});

describe('a cursor over lines', () => {
  it('hands out the same lines however the bytes are cut, the last one without its end too', async () => {
    const bytes = Buffer.from('1\n22\r\n333\n\n4444');
    for (let size = 1; size <= bytes.length; size += 1) expect(await lines(bytes, size)).toEqual(['1', '22', '333', '', '4444']);
  });

  it('refuses a line without end instead of keeping it', async () => {
    await expect(lines(Buffer.alloc(3 * MAX_LINE_BYTES, 49), 10_000)).rejects.toThrow(`a line must have at most ${MAX_LINE_BYTES} bytes`);
  });
});

async function read(bytes: Buffer, chunkBytes = bytes.length): Promise<Buffer> {
  return collect(uncompressed(Readable.from(cut(bytes, chunkBytes))));
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function* cut(bytes: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function lines(bytes: Buffer, chunkBytes: number): Promise<string[]> {
  const cursor = new LineCursor(Readable.from(cut(bytes, chunkBytes)));
  const found: string[] = [];
  while (cursor.hasLine || (await cursor.fill())) {
    const from = cursor.line.at;
    cursor.line.skipLine();
    found.push(cursor.line.bytes.toString('latin1', from, cursor.line.at).trimEnd());
  }
  return found;
}
