// A frame for each event would be a system call for each event, and graphql-ws waits for the one before it sends the next.
// What is said to a socket in one turn of the event loop is written at once at its end; who sends waits only while much is unsent.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Unsent bytes beyond which a sender waits for its own frame to be written. */
const HIGH_WATER_BYTES = 64 * 1024;

type Sent = (error?: Error) => void;

/** @param stream - what `socket` writes to. Order is kept; `sent` of a frame within the bound comes before it is written. */
export function batchWrites(socket: WebSocket, stream: Duplex): void {
  const send = socket.send.bind(socket) as (data: Parameters<WebSocket['send']>[0], sent?: Sent) => void;
  let isCorked = false;
  const flush = (): void => {
    isCorked = false;
    stream.uncork();
  };
  socket.send = ((data: Parameters<WebSocket['send']>[0], sent?: Sent): void => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      setImmediate(flush);
    }
    if (socket.bufferedAmount > HIGH_WATER_BYTES) return send(data, sent);
    // A socket that broke says so by closing, which ends all its operations.
    send(data, () => undefined);
    sent?.();
  }) as WebSocket['send'];
}
