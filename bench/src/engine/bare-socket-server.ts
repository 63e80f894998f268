// The packed stream's peer: a bare length-prefixed unix socket that answers every 128 bytes of a frame with 64, in a
// process of its own. No gRPC, no journal, no matching.

import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { RESULT_BYTES } from '@mib/proto/layout-result';
import { framesOf, writeFrame } from './frames.ts';

const address = join(tmpdir(), `mib-bare-${process.pid}.sock`);

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', framesOf((body) => writeFrame(socket, answer(body))));
});
server.listen(address, () => process.send!({ kind: 'ready', url: address }));
process.on('disconnect', () => {
  server.close();
  process.exit(0);
});

/** A result of as many bytes as ours has, with the request's id in it. */
function answer(body: Buffer): Buffer {
  const count = body.byteLength / RECORD_BYTES;
  const results = Buffer.alloc(count * RESULT_BYTES);
  for (let i = 0; i < count; i++) body.copy(results, i * RESULT_BYTES, i * RECORD_BYTES, i * RECORD_BYTES + 8);
  return results;
}
