// Hands out whole lines of a stream of bytes, a chunk at a time, for readers that take their numbers from the bytes.

import { ClientError } from '@mib/service/errors';
import { LineNumbers } from '../../domain/files/lobster-message.ts';

/** A longer line is none of these files: 500 levels of a book take 20 KB. */
export const MAX_LINE_BYTES = 65_536;
const NEW_LINE = 10;

export class LineCursor {
  readonly line = new LineNumbers();
  readonly #chunks: AsyncIterator<Buffer>;
  /** Behind the last whole line. */
  #limit = 0;
  #hasEnded = false;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Whether a whole line stands at `line.at`. */
  get hasLine(): boolean {
    return this.line.at < this.#limit;
  }

  /**
   * Reads on until there is a whole line; what is left of the chunk before is kept in front of it.
   *
   * @returns false at the end of the file.
   * @throws {ClientError} VALIDATION for a line longer than MAX_LINE_BYTES.
   */
  async fill(): Promise<boolean> {
    const { line } = this;
    while (!this.hasLine) {
      const rest = line.bytes.subarray(line.at);
      if (this.#hasEnded) return false;
      if (rest.length > MAX_LINE_BYTES) throw new ClientError('VALIDATION', `a line must have at most ${MAX_LINE_BYTES} bytes`, { field: ['input', 'uri'] });
      const { value, done } = await this.#chunks.next();
      this.#hasEnded = done === true;
      // The last line may lack its end.
      if (done) line.bytes = rest.length === 0 ? rest : Buffer.concat([rest, Buffer.from('\n')]);
      else line.bytes = rest.length === 0 ? value : Buffer.concat([rest, value]);
      line.at = 0;
      this.#limit = line.bytes.lastIndexOf(NEW_LINE) + 1;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
