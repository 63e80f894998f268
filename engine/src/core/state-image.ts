// A core's state as named sections of bytes, and the way back. Numbers are float64; what is zero or empty is left out,
// and what is left out loads as zero or empty.

import type { Core } from './core.ts';
import type { Parts } from './core-module.ts';

export interface Section {
  /** Path through the tables, such as `books/orders/words`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export class StateImageError extends Error {
  override readonly name = 'StateImageError';
}

/** Calls `onSection` in a fixed order; an array's bytes are the core's own memory, valid until the next command. */
export function imageOf(core: Core, onSection: (section: Section) => void): void {
  core.showParts({
    number(name, value) {
      if (value !== 0) onSection({ name, bytes: new Uint8Array(Float64Array.of(value).buffer) });
      return value;
    },
    array(name, table, usedBytes) {
      const bytes = table.subarray(0, usedBytes);
      if (!isZero(bytes)) onSection({ name, bytes });
    },
  });
}

/**
 * Fills a core that has applied nothing yet, which then goes on as the one that was saved would have.
 *
 * @throws {StateImageError} for sections that do not fit this version's tables; the core is then of no use.
 */
export function loadImage(core: Core, sections: Iterable<Section>): void {
  const filling = new Filling(sections);
  core.takeParts(filling);
  for (const name of filling.left.keys()) throw new StateImageError(`section ${name} is unknown to this version`);
}

class Filling implements Parts {
  readonly left = new Map<string, Uint8Array>();

  constructor(sections: Iterable<Section>) {
    for (const { name, bytes } of sections) this.left.set(name, bytes);
  }

  number(name: string): number {
    const loaded = new Float64Array(1);
    this.array(name, new Uint8Array(loaded.buffer), loaded.byteLength);
    return loaded[0]!;
  }

  array(name: string, table: Uint8Array, usedBytes: number): void {
    const bytes = this.left.get(name);
    if (bytes === undefined) return;
    this.left.delete(name);
    // What a damaged number says is unsigned here, so a negative one is too large as well.
    if (bytes.byteLength !== usedBytes >>> 0 || bytes.byteLength > table.byteLength) {
      throw new StateImageError(`section ${name} has ${bytes.byteLength} bytes, expected ${usedBytes >>> 0}, at most ${table.byteLength}`);
    }
    table.set(bytes);
  }
}

function isZero(bytes: Uint8Array): boolean {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return words.every((word) => word === 0);
}
