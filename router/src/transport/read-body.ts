// Reads a request body within a bound. What lies beyond it is thrown away unread up to a second bound, because a client that
// is still writing when the connection closes never sees the answer; past that bound it is cut off.

import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';

const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

export function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): RequestRefused => RequestRefused.because(413, 'PAYLOAD_TOO_LARGE', `the body may have at most ${maxBytes} bytes`);
    const cutOff = maxBytes + MAX_DISCARDED_BYTES;
    if (Number(request.headers['content-length'] ?? 0) > cutOff) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      chunks.length = 0;
      if (bytes <= cutOff) return;
      request.removeAllListeners('data');
      request.pause();
      reject(tooLarge());
    });
    request.on('end', () => (bytes > maxBytes ? reject(tooLarge()) : resolve(chunks.length === 1 ? chunks[0]!.toString('utf8') : Buffer.concat(chunks).toString('utf8'))));
    request.on('error', () => reject(RequestRefused.because(400, 'BAD_REQUEST', 'the body ended early')));
  });
}
