// Reads the body of a request within a bound. A body that says it is too long is refused before it is read, one that
// turns out to be is refused at that byte; what still comes is thrown away unread (connections.ts), because a client that is
// writing when the connection closes never sees the answer.

import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';
import { readJson } from './read-json.ts';

/** @throws {RequestRefused} 415 for another type, charset or coding, 413 beyond `maxBytes`, 400 for what is no JSON. */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  // Only a type that makes browsers ask first (CORS preflight) is read, so no form of another site can post here.
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !/^application\/(graphql\+)?json\s*(;|$)/i.test(contentType)) throw unsupported('content-type must be application/json');
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupported('the body must be UTF-8');
  if (!/^(identity)?$/i.test(request.headers['content-encoding'] ?? '')) throw unsupported('the body must not be compressed');
  return readJson(await readBody(request, maxBytes), 'the body');
}

/** @throws {RequestRefused} 413 beyond `maxBytes`, 400 when it ends early. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => reject(RequestRefused.because(413, 'PAYLOAD_TOO_LARGE', `the body may have at most ${maxBytes} bytes`));
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge();
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.off('data', onData);
      request.resume();
      tooLarge();
    };
    request.on('data', onData);
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', () => reject(RequestRefused.because(400, 'BAD_REQUEST', 'the body ended early')));
  });
}

function unsupported(message: string): RequestRefused {
  return RequestRefused.because(415, 'UNSUPPORTED_MEDIA_TYPE', message);
}
