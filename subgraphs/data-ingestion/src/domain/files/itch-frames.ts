// Cuts the bytes of an ITCH file into messages. NASDAQ's BinaryFILE puts a length of two bytes, big-endian, before each; a
// length of zero ends the session. Messages come out as a place in a buffer, never as a copy.
//
//   00 0c | 12 bytes of a message | 00 27 | 39 bytes | … | 00 00

const LENGTH_BYTES = 2;

export class ItchFrames {
  /** Valid until the next `push`. */
  bytes: Buffer = Buffer.alloc(0);
  /** Where the message begins, behind its length. */
  at = 0;
  length = 0;
  /** The file has said that nothing follows. */
  hasEnded = false;
  #next = 0;

  /** Bytes that no message has been made of yet; at the end of the file those of a message that breaks off. */
  get restBytes(): number {
    return this.bytes.length - this.#next;
  }

  /** Adds bytes behind the rest of those before: at most one message is copied. */
  push(chunk: Buffer): void {
    this.bytes = this.restBytes === 0 ? chunk : Buffer.concat([this.bytes.subarray(this.#next), chunk]);
    this.#next = 0;
  }

  /** Steps to the next whole message; false when it needs more bytes or the session has ended. */
  next(): boolean {
    const { bytes } = this;
    if (this.hasEnded || this.#next + LENGTH_BYTES > bytes.length) return false;
    const length = (bytes[this.#next]! << 8) | bytes[this.#next + 1]!;
    const at = this.#next + LENGTH_BYTES;
    if (at + length > bytes.length) return false;
    this.at = at;
    this.length = length;
    this.#next = at + length;
    this.hasEnded = length === 0;
    return !this.hasEnded;
  }
}
