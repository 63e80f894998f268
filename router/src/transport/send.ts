// Writes one complete answer: compressed where the client asked, with an entity tag where a cache may keep it, 304 where
// the client has it already.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseCoding, compress } from './compression.ts';

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
  const body = Buffer.from(answer.text);
  if (answer.cacheable === true) {
    const etag = `W/"${createHash('sha1').update(body).digest('base64url')}"`;
    response.setHeader('etag', etag);
    if (hasIt(request.headers['if-none-match'], etag)) {
      response.writeHead(304, { 'cache-control': 'private, no-cache' });
      return void response.end();
    }
  }
  const coding = chooseCoding(request.headers['accept-encoding']);
  const pending = coding && compress(body, coding);
  const compressed = pending && (await pending);
  if (response.headersSent || response.destroyed) return;
  if (coding && compressed) response.setHeader('content-encoding', coding);
  const sent = compressed ?? body;
  response.writeHead(answer.status, { 'content-type': `${answer.type}; charset=utf-8`, 'cache-control': answer.cacheable === true ? 'private, no-cache' : 'no-store', 'content-length': sent.length });
  response.end(sent);
}

/** RFC 9110 §13.1.2: compared weakly; `*` is for whoever must not overwrite, and says nothing about what a reader has. */
function hasIt(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag.slice(2));
}
