import { describe, expect, it } from '@jest/globals';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { batchWrites } from './batched-writes.ts';

describe('writes of one turn', () => {
  it('leave at once, in order, at its end', async () => {
    const { socket, writes } = pair();
    let told = 0;
    for (const text of ['a', 'b', 'c']) socket.send(text, () => told++);
    expect({ told, writes: [...writes] }).toEqual({ told: 3, writes: [] });
    await nextTurn();
    socket.send('d');
    await nextTurn();
    expect(writes).toEqual(['abc', 'd']);
  });

  it('are waited for once much is unsent', async () => {
    const { socket, writes } = pair();
    const big = 'x'.repeat(70_000);
    const told: string[] = [];
    socket.send(big, () => told.push('first'));
    socket.send('b', () => told.push('second'));
    expect(told).toEqual(['first']);
    await nextTurn();
    expect({ told, writes }).toEqual({ told: ['first', 'second'], writes: [`${big}b`] });
  });
});

/** A socket that writes its text to a stream without frames around it, and what came out of the stream, write by write. */
function pair(): { readonly socket: WebSocket; readonly writes: string[] } {
  const writes: string[] = [];
  const take = (chunks: readonly Buffer[], done: () => void): void => {
    writes.push(Buffer.concat(chunks).toString());
    done();
  };
  const stream = new Duplex({ read: () => undefined, write: (chunk: Buffer, _, done) => take([chunk], done), writev: (chunks, done) => take(chunks.map(({ chunk }) => chunk as Buffer), done) });
  const socket = { get bufferedAmount() { return stream.writableLength; }, send: (data: string, sent: () => void) => void stream.write(data, sent) } as unknown as WebSocket;
  batchWrites(socket, stream);
  return { socket, writes };
}
