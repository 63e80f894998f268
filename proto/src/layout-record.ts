// One record size everywhere: 128 bytes on the wire, in the rings, in the journal and in the event log, read through
// Int32Array, Float64Array and Uint8Array views of the same memory. Little-endian, as every machine Node runs on here.
//
//   a record at byte offset b: word w is int32[b / 4 + w], number n is float64[b / 8 + n], bytes are uint8[b + i]
//
// 64-bit integers that must be exact are float64 below 2^53 (BigInt is 5-10 times slower); a timestamp in nanoseconds
// does not fit and is carried as two words, read as BigInt64 only at the edges.

export const RECORD_BYTES = 128;
export const RECORD_WORDS = RECORD_BYTES / 4;
export const RECORD_NUMBERS = RECORD_BYTES / 8;

/** Text field shared by commands and events: bytes 64..99, its length in word 25; currency: bytes 104..111, zero-padded. */
export const TEXT_BYTE = 64;
export const TEXT_WORD = TEXT_BYTE / 4;
export const TEXT_BYTES = 36;
export const TEXT_WORDS = TEXT_BYTES / 4;
export const TEXT_LENGTH_WORD = 25;
export const CURRENCY_BYTE = 104;
export const CURRENCY_WORD = CURRENCY_BYTE / 4;
export const CURRENCY_BYTES = 8;

/** Views of one stretch of memory that holds whole records; `byteOffset` must be a multiple of 8. */
export interface RecordViews {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly longs: BigInt64Array;
  readonly bytes: Uint8Array;
}

export function recordViews(buffer: ArrayBufferLike, byteOffset = 0, byteLength = buffer.byteLength - byteOffset): RecordViews {
  return {
    words: new Int32Array(buffer, byteOffset, byteLength / 4),
    numbers: new Float64Array(buffer, byteOffset, byteLength / 8),
    longs: new BigInt64Array(buffer, byteOffset, byteLength / 8),
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

/** Copies bytes that may start at any address into aligned memory. */
export function alignedViews(bytes: Uint8Array): RecordViews {
  const views = recordViews(new ArrayBuffer(bytes.byteLength));
  views.bytes.set(bytes);
  return views;
}

/** Writes printable ASCII; the caller has checked it and its length. */
export function writeAscii(views: RecordViews, byteOffset: number, text: string): void {
  for (let i = 0; i < text.length; i++) views.bytes[byteOffset + i] = text.charCodeAt(i);
}

export function readAscii(views: RecordViews, byteOffset: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(views.bytes[byteOffset + i]!);
  return text;
}

/** Reads a currency code up to its first zero byte. */
export function readCurrency(views: RecordViews, recordByte: number): string {
  let length = 0;
  while (length < CURRENCY_BYTES && views.bytes[recordByte + CURRENCY_BYTE + length] !== 0) length++;
  return readAscii(views, recordByte + CURRENCY_BYTE, length);
}
