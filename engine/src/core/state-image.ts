// A core's state as named sections of bytes, and the way back. Numbers are float64; what is zero or empty is left out,
// and what is left out loads as zero or empty.

import type { Core } from './core.ts';
import type { PartArray, Parts, Table } from './table.ts';

export interface Section {
  /** Path through the tables, such as `books/orders/words`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export class StateImageError extends Error {
  override readonly name = 'StateImageError';
}

/** Calls `onSection` in a fixed order; an array's bytes are the table's own memory, valid until the next command. */
export function imageOf(table: Table, onSection: (section: Section) => void): void {
  table.contents(new Looking('', onSection));
}

/**
 * Fills a core that has applied nothing yet, which then goes on as the one that was saved would have.
 *
 * @throws {StateImageError} for sections that do not fit this version's tables; the core is then of no use.
 */
export function loadImage(core: Core, sections: Iterable<Section>): void {
  const left = new Map<string, Uint8Array>();
  for (const { name, bytes } of sections) left.set(name, bytes);
  core.state.contents(new Filling('', left));
  for (const name of left.keys()) throw new StateImageError(`section ${name} is unknown to this version`);
  core.output.lastEventSequence = core.state.lastEventSequence;
}

class Looking implements Parts {
  readonly #path: string;
  readonly #onSection: (section: Section) => void;

  constructor(path: string, onSection: (section: Section) => void) {
    this.#path = path;
    this.#onSection = onSection;
  }

  number(name: string, value: number): number {
    if (value !== 0) this.#onSection({ name: this.#path + name, bytes: bytesOf(Float64Array.of(value), 1) });
    return value;
  }

  array(name: string, array: PartArray, used: number): void {
    if (!isZero(array, used)) this.#onSection({ name: this.#path + name, bytes: bytesOf(array, used) });
  }

  table(name: string, table: Table): void {
    table.contents(new Looking(`${this.#path}${name}/`, this.#onSection));
  }
}

class Filling implements Parts {
  readonly #path: string;
  readonly #left: Map<string, Uint8Array>;

  constructor(path: string, left: Map<string, Uint8Array>) {
    this.#path = path;
    this.#left = left;
  }

  number(name: string): number {
    const loaded = new Float64Array(1);
    this.#fill(name, loaded, 1);
    return loaded[0]!;
  }

  array(name: string, array: PartArray, used: number): void {
    this.#fill(name, array, used);
  }

  table(name: string, table: Table): void {
    table.contents(new Filling(`${this.#path}${name}/`, this.#left));
    table.rebuild?.();
  }

  #fill(name: string, array: PartArray, used: number): void {
    const bytes = this.#left.get(this.#path + name);
    if (bytes === undefined) return;
    this.#left.delete(this.#path + name);
    const expected = used * array.BYTES_PER_ELEMENT;
    if (bytes.byteLength !== expected || !(used <= array.length)) {
      throw new StateImageError(`section ${this.#path}${name} has ${bytes.byteLength} bytes, expected ${expected}, at most ${array.byteLength}`);
    }
    bytesOf(array, used).set(bytes);
  }
}

function bytesOf(array: PartArray, used: number): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, used * array.BYTES_PER_ELEMENT);
}

function isZero(array: PartArray, used: number): boolean {
  for (let i = 0; i < used; i++) if (array[i] !== 0) return false;
  return true;
}
