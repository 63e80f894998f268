// Streams an ITCH 5.0 BinaryFILE through an ItchDay: memory is one chunk, one batch and the open orders of the chosen
// stocks. A pass before it finds the directory and the broken trades, whose messages stand behind what they break.

import { createHash } from 'node:crypto';
import { ClientError } from '@mib/service/errors';
import { ItchDay, type ItchStock } from '../../domain/files/itch-day.ts';
import { ItchFrames } from '../../domain/files/itch-frames.ts';
import { ITCH_LENGTHS } from '../../domain/files/itch-layout.ts';
import type { TickBatch } from '../../domain/files/tick-batch.ts';
import type { ImportFile } from './import-files.ts';

/** More broken trades are refused: a day has a few. */
const MAX_BROKEN_TRADES = 1_000_000;
const DIRECTORY = 82;
const BROKEN_TRADE = 66;

/** What the first pass finds. */
export interface ItchContents {
  /** Of the unpacked bytes, hexadecimal. */
  readonly sha256: string;
  /** Locate code by symbol. */
  readonly directory: ReadonlyMap<string, number>;
  /** Match numbers. */
  readonly broken: ReadonlySet<bigint>;
}

/** @throws {ClientError} VALIDATION for more broken trades than a day can have. */
export async function scanItch(file: ImportFile): Promise<ItchContents> {
  const hash = createHash('sha256');
  const frames = new ItchFrames();
  const directory = new Map<string, number>();
  const broken = new Set<bigint>();
  for await (const chunk of file.chunks) {
    hash.update(chunk);
    frames.push(chunk);
    while (frames.next()) {
      const { bytes, at, length } = frames;
      const type = bytes[at]!;
      if ((type !== DIRECTORY && type !== BROKEN_TRADE) || length !== ITCH_LENGTHS[type]) continue;
      if (type === DIRECTORY) directory.set(bytes.toString('latin1', at + 11, at + 19).trimEnd(), bytes.readUInt16BE(at + 1));
      else if (broken.add(bytes.readBigUInt64BE(at + 11)).size > MAX_BROKEN_TRADES) throw new ClientError('VALIDATION', `file must have at most ${MAX_BROKEN_TRADES} broken trades`, { field: ['input', 'uri'] });
    }
  }
  return { sha256: hash.digest('hex'), directory, broken };
}

/** Yields the file in batches; a batch is valid until the next one is asked for. Ticks name stocks by their place in `stocks`. */
export async function* readItch(file: ImportFile, stocks: readonly ItchStock[], broken: ReadonlySet<bigint>): AsyncGenerator<TickBatch> {
  const day = new ItchDay(stocks, broken);
  const frames = new ItchFrames();
  const { batch } = day;
  for await (const chunk of file.chunks) {
    frames.push(chunk);
    while (frames.next()) {
      day.step(frames.bytes, frames.at, frames.length);
      if (!batch.isFull) continue;
      batch.readBytes = file.readBytes;
      yield batch;
      batch.next();
    }
  }
  if (frames.restBytes > 0) day.trailing(frames.hasEnded ? `${frames.restBytes} bytes stand behind the end of the session` : `the file breaks off: ${frames.restBytes} bytes are no whole message`);
  batch.readBytes = file.readBytes;
  if (!batch.isEmpty) yield batch;
}
