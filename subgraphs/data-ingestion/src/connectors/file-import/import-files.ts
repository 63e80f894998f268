// Where an import URI leads: to a file that ships with the platform, or to one inside the configured import directory.
// Whatever leaves that directory is refused, by `..`, by an absolute path or by a symbolic link. A gzip file is known by
// its first bytes and read as what it holds.

import { once } from 'node:events';
import { constants, type ReadStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ClientError } from '@mib/service/errors';
import { NEWS_SAMPLE, SAMPLES, type Sample } from '../../domain/samples.ts';
import { uncompressed } from './uncompressed.ts';

/** Larger files are refused: at COPY's speed they would hold the instrument for minutes. */
export const MAX_FILE_BYTES = 1024 ** 3;
/** Read at once: large enough that the reading costs little, small enough that a chunk is worked through in a millisecond or two. */
const CHUNK_BYTES = 256 * 1_024;
const MAX_URI_CHARACTERS = 1_000;
const FIELD = { field: ['input', 'uri'] };

/** A file that is being read. */
export interface ImportFile {
  /** What it holds, in chunks: gzip is unpacked on the way. */
  readonly chunks: AsyncIterable<Buffer>;
  /** As stored, unpacked or not. */
  readonly totalBytes: number;
  readonly readBytes: number;
  /** For a file that is not read after all; reading to the end, or giving up, closes it too. */
  close(): Promise<void>;
}

/**
 * Opens the file behind an import URI.
 *
 * @param importDirectory - where `file:` URIs live; undefined when the operator configured none.
 * @throws {ClientError} VALIDATION for another kind of URI, FORBIDDEN outside the directory, NOT_FOUND.
 */
export async function openImport(uri: string, importDirectory: string | undefined): Promise<Readable> {
  return Readable.from((await openImportFile(uri, importDirectory, MAX_FILE_BYTES)).chunks);
}

/**
 * As `openImport`, for a reader that shows how far it is.
 *
 * @param maxBytes - of the stored file.
 */
export async function openImportFile(uri: string, importDirectory: string | undefined, maxBytes: number): Promise<ImportFile> {
  if (uri.length > MAX_URI_CHARACTERS) throw new ClientError('VALIDATION', `uri must have at most ${MAX_URI_CHARACTERS} characters, had ${uri.length}`, FIELD);
  const [, scheme, rest] = /^(sample|file):(.+)$/s.exec(uri) ?? [];
  if (scheme === 'sample') return openRegularFile(samplePath(rest!), uri, maxBytes);
  if (scheme === 'file') return openRegularFile(await pathInside(importDirectory, rest!, uri), uri, maxBytes);
  throw new ClientError('VALIDATION', `uri must begin with sample: or file:, was ${JSON.stringify(uri)}`, FIELD);
}

export function samplePath(name: string): string {
  const sample = [...SAMPLES, NEWS_SAMPLE].find((candidate) => candidate.name === name);
  if (!sample) throw new ClientError('VALIDATION', `sample must be one of ${[...SAMPLES, NEWS_SAMPLE].map((each) => each.name).join(' ')}, was ${JSON.stringify(name)}`, FIELD);
  return filePath(sample);
}

function filePath({ file }: Pick<Sample, 'file'>): string {
  if (file.kind === 'shipped') return fileURLToPath(new URL(`../../../data/${file.name}`, import.meta.url));
  return path.join(packageDirectory(file.package), file.path);
}

/** A package that exports no package.json is found from its main file upwards. */
function packageDirectory(name: string): string {
  const main = createRequire(import.meta.url).resolve(name);
  const marker = `${path.sep}node_modules${path.sep}${name}${path.sep}`;
  return main.slice(0, main.lastIndexOf(marker) + marker.length);
}

async function pathInside(directory: string | undefined, relative: string, uri: string): Promise<string> {
  const outside = (cause?: unknown): ClientError => new ClientError('FORBIDDEN', `uri must lie inside the import directory, was ${JSON.stringify(uri)}`, { ...FIELD, cause });
  if (directory === undefined) throw new ClientError('FORBIDDEN', 'file: imports are off: no import directory is configured', FIELD);
  if (path.isAbsolute(relative) || relative.includes('\0') || relative.split(/[/\\]/).includes('..')) throw outside();
  const root = await realpath(directory).catch(() => {
    throw new ClientError('NOT_FOUND', 'the import directory does not exist', FIELD);
  });
  const real = await realpath(path.join(root, relative)).catch((error: unknown) => {
    throw notFound(uri, error);
  });
  if (!real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) throw outside();
  return real;
}

/** `path` is free of symbolic links; O_NOFOLLOW refuses one put there since, O_NONBLOCK never waits for a pipe's writer. */
async function openRegularFile(filename: string, uri: string, maxBytes: number): Promise<ImportFile> {
  const file = await open(filename, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: unknown) => {
    throw notFound(uri, error);
  });
  const stat = await file.stat();
  if (stat.isFile() && stat.size <= maxBytes) return reading(file.createReadStream({ highWaterMark: CHUNK_BYTES }), stat.size);
  await file.close();
  if (!stat.isFile()) throw new ClientError('VALIDATION', `uri must name a file, was ${JSON.stringify(uri)}`, FIELD);
  throw new ClientError('VALIDATION', `file must have at most ${maxBytes} bytes, had ${stat.size}`, FIELD);
}

function reading(stream: ReadStream, totalBytes: number): ImportFile {
  return {
    chunks: uncompressed(stream),
    totalBytes,
    get readBytes() {
      return stream.bytesRead;
    },
    async close() {
      const closed = once(stream, 'close');
      stream.destroy();
      await closed;
    },
  };
}

function notFound(uri: string, cause: unknown): ClientError {
  return new ClientError('NOT_FOUND', `there is no file ${JSON.stringify(uri)}`, { ...FIELD, cause });
}
