// The outcomes of the last commands that carried a clientOrderId, so that a repeated command answers as the first did.
// Entries lie in a ring in order of arrival; the oldest is forgotten when a new one needs its place. Texts are compared,
// not just hashes, and a fingerprint of the terms tells a repetition from another command under a used id.
//
//   entry, 32 words: 0-15 result record  16-24 text  25 text length  26 account  27-28 fingerprint  29 hash

import { COMMAND } from '@mib/proto/layout-command';
import { CURRENCY_WORD, TEXT_LENGTH_WORD, TEXT_WORD, TEXT_WORDS } from '@mib/proto/layout-record';
import { RESULT_WORDS } from '@mib/proto/layout-result';
import { IDEMPOTENCY_WINDOW } from './capacities.ts';
import type { Parts, Table } from './table.ts';

export const ENTRY_WORDS = 32;
const ACCOUNT = 26;
const FINGERPRINT = 27;
const HASH = 29;
const TABLE_SLOTS = 2 * IDEMPOTENCY_WINDOW;
const MASK = TABLE_SLOTS - 1;

export class Idempotency implements Table {
  readonly entries = new Int32Array(IDEMPOTENCY_WINDOW * ENTRY_WORDS);
  readonly #table = new Int32Array(TABLE_SLOTS);
  /** Entries ever remembered; the newest is at (remembered - 1) modulo the window. */
  remembered = 0;

  contents(parts: Parts): void {
    this.remembered = parts.number('remembered', this.remembered);
    parts.array('entries', this.entries, this.#used * ENTRY_WORDS);
  }

  rebuild(): void {
    for (let entry = 0; entry < this.#used; entry++) this.#place(entry);
  }

  get #used(): number {
    return Math.min(this.remembered, IDEMPOTENCY_WINDOW);
  }

  /** Entry of the command's account and clientOrderId, or -1. */
  find(words: Int32Array, word: number): number {
    let slot = keyHash(words, word) & MASK;
    for (;;) {
      const entry = this.#table[slot]! - 1;
      if (entry < 0 || this.#isKey(entry, words, word)) return entry;
      slot = (slot + 1) & MASK;
    }
  }

  /** True when the remembered command had the same terms. */
  sameTerms(entry: number, words: Int32Array, word: number): boolean {
    const at = entry * ENTRY_WORDS + FINGERPRINT;
    return this.entries[at] === fingerprint(words, word, 1) && this.entries[at + 1] === fingerprint(words, word, 2);
  }

  /** Remembers the outcome of the command at `word`, forgetting the oldest when the window is full. */
  remember(words: Int32Array, word: number, results: Int32Array, resultWord: number): void {
    const entry = this.remembered % IDEMPOTENCY_WINDOW;
    if (this.remembered >= IDEMPOTENCY_WINDOW) this.#forget(entry);
    this.remembered++;
    const at = entry * ENTRY_WORDS;
    const entries = this.entries;
    for (let i = 0; i < RESULT_WORDS; i++) entries[at + i] = results[resultWord + i]!;
    for (let i = 0; i < TEXT_WORDS; i++) entries[at + TEXT_WORD + i] = words[word + TEXT_WORD + i]!;
    entries[at + TEXT_LENGTH_WORD] = words[word + TEXT_LENGTH_WORD]!;
    entries[at + ACCOUNT] = words[word + COMMAND.ACCOUNT]!;
    entries[at + FINGERPRINT] = fingerprint(words, word, 1);
    entries[at + FINGERPRINT + 1] = fingerprint(words, word, 2);
    entries[at + HASH] = keyHash(words, word);
    this.#place(entry);
  }

  #place(entry: number): void {
    let slot = this.entries[entry * ENTRY_WORDS + HASH]! & MASK;
    while (this.#table[slot] !== 0) slot = (slot + 1) & MASK;
    this.#table[slot] = entry + 1;
  }

  #isKey(entry: number, words: Int32Array, word: number): boolean {
    const at = entry * ENTRY_WORDS;
    const entries = this.entries;
    if (entries[at + ACCOUNT] !== words[word + COMMAND.ACCOUNT] || entries[at + TEXT_LENGTH_WORD] !== words[word + TEXT_LENGTH_WORD]) return false;
    for (let i = 0; i < TEXT_WORDS; i++) if (entries[at + TEXT_WORD + i] !== words[word + TEXT_WORD + i]) return false;
    return true;
  }

  /** Backward-shift deletion, as in the order arena. */
  #forget(entry: number): void {
    const table = this.#table;
    let gap = this.entries[entry * ENTRY_WORDS + HASH]! & MASK;
    while (table[gap] !== entry + 1) gap = (gap + 1) & MASK;
    for (let slot = (gap + 1) & MASK; table[slot] !== 0; slot = (slot + 1) & MASK) {
      const home = this.entries[(table[slot]! - 1) * ENTRY_WORDS + HASH]! & MASK;
      if (((slot - home) & MASK) >= ((slot - gap) & MASK)) {
        table[gap] = table[slot]!;
        gap = slot;
      }
    }
    table[gap] = 0;
  }
}

function keyHash(words: Int32Array, word: number): number {
  let hash = words[word + COMMAND.ACCOUNT]!;
  for (let i = 0; i < TEXT_WORDS; i++) hash = mix(hash, words[word + TEXT_WORD + i]!);
  return hash ^ (hash >>> 15);
}

/** Over kind, the terms from instrument to quantity, and currency. */
function fingerprint(words: Int32Array, word: number, seed: number): number {
  let hash = mix(seed, words[word + COMMAND.KIND]!);
  for (let i = COMMAND.INSTRUMENT; i < TEXT_WORD; i++) hash = mix(hash, words[word + i]!);
  hash = mix(hash, words[word + CURRENCY_WORD]!);
  return mix(hash, words[word + CURRENCY_WORD + 1]!);
}

/** One round of MurmurHash3. */
function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
