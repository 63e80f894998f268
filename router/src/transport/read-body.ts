// Reads a request body within a bound; beyond it the rest is not even read.

import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';

export function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): RequestRefused => RequestRefused.because(413, 'PAYLOAD_TOO_LARGE', `the body may have at most ${maxBytes} bytes`);
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.removeAllListeners('data');
      request.pause();
      reject(tooLarge());
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]!.toString('utf8') : Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => reject(RequestRefused.because(400, 'BAD_REQUEST', 'the body ended early')));
  });
}
