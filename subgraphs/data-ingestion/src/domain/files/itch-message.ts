// One ITCH 5.0 message as an object, every field checked: for the messages that are not worth a hot path, and for tools.

import { InvalidValueError } from '@mib/model/invalid-value';
import { ITCH_HEADER_BYTES, ITCH_LAYOUT, ITCH_LENGTHS, type ItchField, type ItchType } from './itch-layout.ts';
import { NS_PER_DAY } from './lobster-message.ts';

interface Header<T extends ItchType> {
  readonly type: T;
  readonly stockLocate: number;
  readonly trackingNumber: number;
  /** Nanoseconds since midnight in New York. */
  readonly timestampNs: number;
}
type ValueOf<F extends ItchField> = F['kind'] extends 'u64' | 'price8' ? bigint : F['kind'] extends 'u32' | 'price4' ? number : string;
type Fields<L extends readonly ItchField[]> = { readonly [F in L[number] as F['name']]: ValueOf<F> };

/** Prices are whole numbers of the last decimal: 1234500 of a price4 is 123.45. Texts come without their padding. */
export type ItchMessage<T extends ItchType = ItchType> = T extends ItchType ? Header<T> & Fields<(typeof ITCH_LAYOUT)[T]> : never;

/**
 * Decodes the message of `length` bytes at `at`.
 *
 * @throws {InvalidValueError} naming the field and the value.
 */
export function decodeItch(bytes: Buffer, at = 0, length = bytes.length - at): ItchMessage {
  const type = String.fromCharCode(bytes[at] ?? 0);
  const expected = ITCH_LENGTHS[bytes[at] ?? 0]!;
  if (expected === 0) throw new InvalidValueError('message type must be one of ITCH 5.0', type);
  if (length !== expected || at + length > bytes.length) throw new InvalidValueError(`message ${type} must have ${expected} bytes`, String(length));
  const timestampNs = readU48(bytes, at + 5);
  if (timestampNs >= NS_PER_DAY) throw new InvalidValueError('timestamp must lie within a day', String(timestampNs));
  const message: Record<string, unknown> = { type, stockLocate: bytes.readUInt16BE(at + 1), trackingNumber: bytes.readUInt16BE(at + 3), timestampNs };
  let offset = at + ITCH_HEADER_BYTES;
  for (const field of ITCH_LAYOUT[type as ItchType] as readonly ItchField[]) {
    message[field.name] = readField(bytes, offset, field);
    offset += field.bytes;
  }
  return message as unknown as ItchMessage;
}

/** Six bytes as one exact number. */
export function readU48(bytes: Buffer, at: number): number {
  return (bytes[at]! * 256 + bytes[at + 1]!) * 4_294_967_296 + readU32(bytes, at + 2);
}

export function readU32(bytes: Buffer, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function readField(bytes: Buffer, at: number, { name, kind, bytes: length, codes }: ItchField): string | number | bigint {
  switch (kind) {
    case 'u32':
    case 'price4':
      return bytes.readUInt32BE(at);
    case 'u64':
    case 'price8':
      return bytes.readBigUInt64BE(at);
    case 'text':
    case 'code': {
      const value = bytes.toString('latin1', at, at + length);
      if (!/^[ -~]+$/.test(value)) throw new InvalidValueError(`${name} must be printable ASCII`, value);
      if (kind === 'code' && codes !== '' && !codes.includes(value)) throw new InvalidValueError(`${name} must be one of "${codes}"`, value);
      return kind === 'code' ? value : value.trimEnd();
    }
  }
}
