// One event for many clients: its text is written once, and so are the bytes of each protocol that carries it.

import type { Result } from '../respond/result.ts';

/** Compared by identity, so a protocol declares one and keeps it. */
export type Encode = (text: string) => Buffer;

export class SharedResult implements Result {
  readonly text: string;
  readonly #encoded = new Map<Encode, Buffer>();

  constructor({ text }: Result) {
    this.text = text;
  }

  as(encode: Encode): Buffer {
    const known = this.#encoded.get(encode);
    if (known) return known;
    const bytes = encode(this.text);
    this.#encoded.set(encode, bytes);
    return bytes;
  }
}
