// The packed call without the generated code: both of its messages are one field of bytes, which the generated code copies
// twice on its way out and once on its way in. At a million commands a second each copy is 128 MB of short-lived memory.

import { EngineService, SubmitPackedRequest, SubmitPackedResponse } from './generated/mib/engine/v1/engine.ts';

/**
 * Bytes on their way that nobody has read yet, of a stream and of a connection, in either direction: what 16,384 commands
 * take. HTTP/2's default of 64 KiB is 512 commands, so everything stood still once in every four messages of 128.
 */
export const FLOW_CONTROL_WINDOW_BYTES = 2 * 1024 * 1024;

/** Field 1, length-delimited. */
const RECORDS_TAG = 0x0a;
const VARINT_BITS = 7;
const VARINT_MORE = 0x80;
/** Lengths below 2^31; a message is far below. */
const MAX_VARINT_BYTES = 5;

/** The method as both sides use it; on the wire it is the one of the contract. */
export const PACKED_METHOD = {
  ...EngineService.submitPacked,
  requestSerialize: ({ records }: SubmitPackedRequest): Buffer => encodeRecords(records),
  requestDeserialize: (message: Buffer): SubmitPackedRequest => ({ records: decodeRecords(message) ?? SubmitPackedRequest.decode(message).records }),
  responseSerialize: ({ records }: SubmitPackedResponse): Buffer => encodeRecords(records),
  responseDeserialize: (message: Buffer): SubmitPackedResponse => ({ records: decodeRecords(message) ?? SubmitPackedResponse.decode(message).records }),
};

function encodeRecords(records: Buffer): Buffer {
  if (records.byteLength === 0) return Buffer.alloc(0);
  const message = Buffer.allocUnsafe(1 + MAX_VARINT_BYTES + records.byteLength);
  message[0] = RECORDS_TAG;
  let at = 1;
  let left = records.byteLength;
  for (; left >= VARINT_MORE; left >>>= VARINT_BITS) message[at++] = (left & (VARINT_MORE - 1)) | VARINT_MORE;
  message[at++] = left;
  records.copy(message, at);
  return message.subarray(0, at + records.byteLength);
}

/** The records where they lie in the message; undefined when the message is anything but that one field. */
function decodeRecords(message: Buffer): Buffer | undefined {
  if (message.byteLength === 0) return message;
  if (message[0] !== RECORDS_TAG) return undefined;
  let length = 0;
  for (let at = 1; at <= MAX_VARINT_BYTES; at++) {
    const byte = message[at];
    if (byte === undefined) return undefined;
    length += (byte & (VARINT_MORE - 1)) * 2 ** (VARINT_BITS * (at - 1));
    if (byte < VARINT_MORE) return at + 1 + length === message.byteLength ? message.subarray(at + 1) : undefined;
  }
  return undefined;
}
