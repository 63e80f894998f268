// Length-prefixed frames over a stream: four bytes of length, then the body.

const PREFIX_BYTES = 4;

export function writeFrame(to: { write(bytes: Buffer): unknown }, body: Buffer): void {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + body.byteLength);
  frame.writeUInt32LE(body.byteLength, 0);
  body.copy(frame, PREFIX_BYTES);
  to.write(frame);
}

/** A listener for 'data' that calls `onFrame` with every whole body. */
export function framesOf(onFrame: (body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let bytes = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.byteLength >= PREFIX_BYTES && bytes.byteLength >= PREFIX_BYTES + bytes.readUInt32LE(0)) {
      const end = PREFIX_BYTES + bytes.readUInt32LE(0);
      onFrame(bytes.subarray(PREFIX_BYTES, end));
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  };
}
