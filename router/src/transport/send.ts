// Writes one complete answer: compressed where the client asked, with an entity tag where a cache may keep it, 304 where
// the client has it already.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseCoding, compress, MIN_COMPRESSED_BYTES } from './compression.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** A cache of one user may keep it, asking each time whether it still holds. */
  readonly cacheable?: boolean;
}

/** Resolves when the answer is handed to the socket. */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const { status, type, text, cacheable = false } = answer;
  if (cacheable && isKnown(request, response, text)) return;
  const coding = text.length < MIN_COMPRESSED_BYTES ? undefined : chooseCoding(request.headers['accept-encoding']);
  const compressed = coding && (await compress(Buffer.from(text), coding));
  if (response.headersSent || response.destroyed) return;
  if (coding && compressed) response.setHeader('content-encoding', coding);
  const body = compressed ?? text;
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': cacheable ? 'private, no-cache' : 'no-store', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Tags the answer, and answers 304 when the client has it already. */
function isKnown(request: IncomingMessage, response: ServerResponse, text: string): boolean {
  const etag = `W/"${createHash('sha1').update(text).digest('base64url')}"`;
  response.setHeader('etag', etag);
  if (!hasIt(request.headers['if-none-match'], etag)) return false;
  response.writeHead(304, { 'cache-control': 'private, no-cache' });
  response.end();
  return true;
}

/** RFC 9110 §13.1.2: compared weakly; `*` is for whoever must not overwrite, and says nothing about what a reader has. */
function hasIt(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag.slice(2));
}
