// WebSocket text frames (RFC 6455 §5.2) written straight to the stream, beside what `ws` writes there for itself. The many
// clients of one event differ only in the id of their operation, so a frame is their own few bytes in front of shared ones:
//
//   [header 2-10 bytes][{"id":"1",] ["type":"next","payload":{...}}]
//    own, made per frame            shared by all

import type { Duplex } from 'node:stream';

const TEXT_FINAL = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** Up to here copying the shared bytes behind the own ones beats a second write. */
const COPY_BELOW_BYTES = 16 * 1024;

/** `prefix` and `shared` are UTF-8 and together the whole message. */
export function writeTextFrame(stream: Duplex, prefix: Buffer, shared: Buffer): void {
  const length = prefix.length + shared.length;
  const headerLength = length < LENGTH_16 ? 2 : length < 65_536 ? 4 : 10;
  const ownLength = headerLength + prefix.length;
  const copies = shared.length < COPY_BELOW_BYTES;
  const own = Buffer.allocUnsafe(copies ? headerLength + length : ownLength);
  writeHeader(own, length);
  own.set(prefix, headerLength);
  if (copies) {
    own.set(shared, ownLength);
    stream.write(own);
    return;
  }
  stream.cork();
  stream.write(own);
  stream.write(shared);
  stream.uncork();
}

function writeHeader(frame: Buffer, length: number): void {
  frame[0] = TEXT_FINAL;
  if (length < LENGTH_16) {
    frame[1] = length;
  } else if (length < 65_536) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeUIntBE(0, 2, 2);
    frame.writeUIntBE(length, 4, 6);
  }
}
