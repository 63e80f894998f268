// The currencies in use, by the two words that hold their code. A currency's cash scale is fixed by the first
// instrument registered in it; cash may be paid in before.

import { MAX_CURRENCIES } from './capacities.ts';
import { PairIndex } from './pair-index.ts';
import type { Parts, Table } from './table.ts';

export const SCALE_UNKNOWN = 0;

export class Currencies implements Table {
  readonly index = new PairIndex(MAX_CURRENCIES);
  /** cashScale plus one, so that zero means unknown. */
  readonly #scales = new Int32Array(MAX_CURRENCIES);

  contents(parts: Parts): void {
    parts.table('index', this.index);
    parts.array('scales', this.#scales, this.index.count);
  }

  /** Fixes the scale, or says which one is fixed already; -1 when it now is `scale`. */
  conflictingScale(currency: number, scale: number): number {
    const known = this.#scales[currency]!;
    return known === SCALE_UNKNOWN || known === scale + 1 ? -1 : known - 1;
  }

  fixScale(currency: number, scale: number): void {
    this.#scales[currency] = scale + 1;
  }

  /** Code such as "USD". */
  name(currency: number): string {
    const bytes = new Uint8Array(this.index.pairs.buffer, 8 * currency, 8);
    let text = '';
    for (const byte of bytes) if (byte !== 0) text += String.fromCharCode(byte);
    return text;
  }
}
