// HTTP as bytes on a socket, for what no client would send.

import { connect, type Socket } from 'node:net';

export interface RawExchange {
  readonly socket: Socket;
  send(text: string): void;
  /** Resolves with all that has come once it is what was waited for. */
  until(expected: RegExp | ((received: string) => boolean)): Promise<string>;
  /** Resolves with all that came when the other side has closed. */
  readonly closed: Promise<string>;
}

export function openRaw(url: string): RawExchange {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  const watchers = new Set<() => void>();
  socket.on('data', (chunk) => {
    received += String(chunk);
    watchers.forEach((watcher) => watcher());
  });
  // A reset closes too; what came before it is what counts.
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  return {
    socket,
    send: (text) => void socket.write(text),
    until: (expected) =>
      new Promise((resolve, reject) => {
        const isIt = typeof expected === 'function' ? expected : (text: string): boolean => expected.test(text);
        const watcher = (): void => void (isIt(received) && resolve(received));
        watchers.add(watcher);
        watcher();
        void closed.then(() => reject(new Error(`closed before ${String(expected)}, after ${JSON.stringify(received)}`)));
      }),
    closed,
  };
}
