// One question on a socket of its own, for what a venue tells by WebSocket only.

import { WebSocket } from 'ws';
import { FeedError } from './feed-error.ts';

export interface OneAnswerOptions<T> {
  readonly url: string;
  readonly question: string;
  /** @returns undefined for a frame that is not the answer; what it throws is thrown to the caller. */
  readonly read: (frame: string) => T | undefined;
  readonly timeoutMs: number;
}

const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** @throws {FeedError} when the answer does not come in time. */
export async function oneAnswer<T>({ url, question, read, timeoutMs }: OneAnswerOptions<T>): Promise<T> {
  const socket = new WebSocket(url, { handshakeTimeout: timeoutMs, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject(new FeedError(`no answer from ${url} within ${timeoutMs} ms`)), timeoutMs);
      socket.on('open', () => socket.send(question));
      socket.on('error', (error) => reject(new FeedError(`no answer from ${url}: ${error.message}`, { cause: error })));
      socket.on('close', () => reject(new FeedError(`${url} closed before it answered`)));
      socket.on('message', (data: Buffer) => {
        try {
          const answer = read(data.toString());
          if (answer !== undefined) resolve(answer);
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  } finally {
    clearTimeout(timer);
    socket.terminate();
  }
}
