// One hash over the whole state, for comparing a recovered engine with a replay. The sections themselves are hashed with
// their names: equal command sequences leave equal bytes, free places included. A full state takes a hash of more than a
// hundred milliseconds, so it can be had in slices, as long as no command is applied between them.

import { createHash } from 'node:crypto';
import type { Core } from './core.ts';
import { imageOf, type Section } from './state-image.ts';

const HEX_DIGITS = 16;

export function stateHash(core: Core): string {
  return new SlicedStateHash(core).next(Infinity)!;
}

export class SlicedStateHash {
  readonly #hash = createHash('sha256');
  readonly #sections: Section[] = [];
  #section = 0;
  #offset = 0;

  constructor(core: Core) {
    imageOf(core, (section) => this.#sections.push(section));
  }

  /** Hashes at most `maxBytes` more; returns the hash after the last of them. The state must be as it was at the beginning. */
  next(maxBytes: number): string | undefined {
    let left = maxBytes;
    for (; this.#section < this.#sections.length; this.#section++, this.#offset = 0) {
      if (left === 0) return undefined;
      const { name, bytes } = this.#sections[this.#section]!;
      if (this.#offset === 0) this.#hash.update(`${name} ${bytes.byteLength}\n`);
      const slice = bytes.subarray(this.#offset, this.#offset + left);
      this.#hash.update(slice);
      this.#offset += slice.byteLength;
      left -= slice.byteLength;
      if (this.#offset < bytes.byteLength) return undefined;
    }
    return this.#hash.digest('hex').slice(0, HEX_DIGITS);
  }
}
