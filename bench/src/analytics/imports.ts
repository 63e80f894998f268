// Files of messages read into ticks, against reading the same bytes and doing next to nothing with them: counting lines
// of LOBSTER, stepping over the lengths of ITCH. The days are invented, seeded and written to a temporary directory first.

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openImportFile } from '@mib/data-ingestion/connectors/file-import/import-files';
import { readItch, scanItch } from '@mib/data-ingestion/connectors/file-import/read-itch';
import { readLobster } from '@mib/data-ingestion/connectors/file-import/read-lobster';
import { itchFile } from '@mib/data-ingestion/connectors/file-import/synthetic/itch-file';
import { lobsterLines } from '@mib/data-ingestion/connectors/file-import/synthetic/lobster-files';
import { ItchFrames } from '@mib/data-ingestion/domain/files/itch-frames';
import { compare, type BenchRow } from '../harness.ts';

const RUNS = 5;
const LOBSTER = { seed: 1, count: 400_000, resting: 400, depth: 10 };
const ITCH = { seed: 2, count: 400_000, resting: 3_000 };
const STOCKS = [{ symbol: 'AAPL', stockLocate: 1 }, { symbol: 'MSFT', stockLocate: 2 }];
const CHUNK_BYTES = 262_144;
const NEW_LINE = 10;
const RATE = { unit: 'M rows/s', better: 'higher', runs: RUNS } as const;
const CHECKED = 'files in the page cache, one thread; both sides count the same rows, and no row is refused';

export async function run(): Promise<BenchRow[]> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'mib-bench-imports-'));
  const open = (name: string) => openImportFile(`file:${name}`, directory, Number.MAX_SAFE_INTEGER);
  try {
    const lobsterRows = await writeLobster(directory);
    const itch = await writeItch(directory);
    const rate = (rows: number) => async (read: () => Promise<number>) => {
      const startedMs = performance.now();
      const found = await read();
      if (found !== rows) throw new Error(`rows must be ${rows}, were ${found}`);
      return rows / 1_000 / (performance.now() - startedMs);
    };
    const [lobsterRate, itchRate] = [rate(lobsterRows), rate(itch.rows)];
    return [
      await compare({
        ...RATE, name: 'LOBSTER day into ticks', peerName: 'reading both files and counting lines',
        note: `${CHECKED}; ten levels, our order-by-order book equal to the published row after every message`,
        ours: () => lobsterRate(async () => takenRows(readLobster(await open('messages'), await open('books')))),
        peer: () => lobsterRate(async () => ((await countLines(directory, 'messages')) + (await countLines(directory, 'books'))) / 2),
      }),
      await compare({
        ...RATE, name: 'ITCH 5.0 day into ticks', peerName: 'reading the file and stepping over lengths',
        note: `${CHECKED}; two stocks, every one of their orders kept; the first pass (SHA-256, directory, broken trades) is the row below`,
        ours: () => itchRate(async () => takenRows(readItch(await open('itch'), STOCKS, itch.broken))),
        peer: () => itchRate(() => countFrames(createReadStream(path.join(directory, 'itch'), { highWaterMark: CHUNK_BYTES }))),
      }),
      await compare({
        ...RATE, name: 'ITCH 5.0 day, first pass', peerName: 'reading the file and stepping over lengths', note: CHECKED,
        ours: () => itchRate(async () => ((await scanItch(await open('itch'))).directory.size === STOCKS.length ? itch.rows : 0)),
        peer: () => itchRate(() => countFrames(createReadStream(path.join(directory, 'itch'), { highWaterMark: CHUNK_BYTES }))),
      }),
      await compare({
        ...RATE, name: 'packed ITCH 5.0 day into ticks', peerName: 'unpacking the file and stepping over lengths', note: CHECKED,
        ours: () => itchRate(async () => takenRows(readItch(await open('itch.gz'), STOCKS, itch.broken))),
        peer: () => itchRate(async () => countFrames((await open('itch.gz')).chunks)),
      }),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** All rows, provided that none was refused. */
async function takenRows(batches: ReturnType<typeof readLobster>): Promise<number> {
  let rows = 0;
  for await (const batch of batches) {
    if (batch.rejectedRows > 0) throw new Error(`no row may be refused: ${JSON.stringify(batch.rejects[0])}`);
    rows = batch.lastRow;
  }
  return rows;
}

async function countLines(directory: string, name: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path.join(directory, name), { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(NEW_LINE); at !== -1; at = chunk.indexOf(NEW_LINE, at + 1)) lines += 1;
  }
  return lines;
}

async function countFrames(chunks: AsyncIterable<Buffer>): Promise<number> {
  const frames = new ItchFrames();
  let rows = 0;
  for await (const chunk of chunks) {
    frames.push(chunk);
    while (frames.next()) rows += 1;
  }
  return rows;
}

async function writeLobster(directory: string): Promise<number> {
  const [messages, books] = ['messages', 'books'].map((name) => createWriteStream(path.join(directory, name)));
  let rows = 0;
  for (const { message, book } of lobsterLines(LOBSTER)) {
    rows += 1;
    messages!.write(`${message}\n`);
    if (!books!.write(`${book}\n`)) await once(books!, 'drain');
  }
  await Promise.all([messages!, books!].map((stream) => once(stream.end(), 'finish')));
  return rows;
}

async function writeItch(directory: string): Promise<{ readonly rows: number; readonly broken: ReadonlySet<bigint> }> {
  const { frames } = itchFile(STOCKS.map(({ symbol }, index) => ({ ...ITCH, symbol, seed: ITCH.seed + index })));
  const bytes = Buffer.concat(frames);
  for (const [name, content] of [['itch', bytes], ['itch.gz', gzipSync(bytes)]] as const) await once(createWriteStream(path.join(directory, name)).end(content), 'finish');
  // The last frame is the session's end.
  return { rows: frames.length - 1, broken: (await scanItch(await openImportFile('file:itch', directory, Number.MAX_SAFE_INTEGER))).broken };
}
