// The outcomes of the last commands that carried a clientOrderId, so that a repeated command answers as the first did.
// Entries lie in a ring in order of arrival; the oldest is forgotten when a new one needs its place. Texts are compared,
// not just hashes, and a fingerprint of the terms tells a repetition from another command under a used id. The table of
// hashes holds each entry's hash beside it, so that a search touches only the entry that it is about.
//
//   entry, 32 words: 0-15 result record  16-24 text  25 text length  26 account  27-28 fingerprint  29 hash

import * as fromLayoutCommand from '@mib/proto/layout-command';
import * as fromLayoutRecord from '@mib/proto/layout-record';
import * as fromCapacities from './capacities.ts';
import { copyEight } from './copy-words.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { COMMAND } = fromLayoutCommand;
const { CURRENCY_WORD, TEXT_LENGTH_WORD, TEXT_WORD } = fromLayoutRecord;
const { IDEMPOTENCY_WINDOW } = fromCapacities;

/** Held here: a global is looked up anew at every use where modules run in a context of their own, as in tests. */
const { imul } = Math;
const WORDS = 32;
export const ENTRY_WORDS = WORDS;
const ACCOUNT = 26;
const FINGERPRINT = 27;
const HASH = 29;
const TABLE_SLOTS = 2 * IDEMPOTENCY_WINDOW;
const MASK = TABLE_SLOTS - 1;
const { KIND, INSTRUMENT, FLAGS } = COMMAND;
const COMMAND_ACCOUNT = COMMAND.ACCOUNT;

/** What `claim` says of a key that it had not seen. */
const UNKNOWN = -1;
export const NEW = UNKNOWN;

export class Idempotency implements Table {
  readonly entries = new Int32Array(IDEMPOTENCY_WINDOW * WORDS);
  /** Entries ever remembered. */
  remembered = 0;
  /** Where the next one goes: over the oldest, once the window is full. */
  #next = 0;
  /** Pairs of entry plus one, and its hash. */
  readonly #table = new Int32Array(2 * TABLE_SLOTS);

  contents(parts: Parts): void {
    this.remembered = parts.number('remembered', this.remembered);
    parts.array('entries', this.entries, this.#used * WORDS);
  }

  rebuild(): void {
    this.#next = this.remembered % IDEMPOTENCY_WINDOW;
    for (let entry = 0; entry < this.#used; entry++) this.#place(entry, this.entries[entry * WORDS + HASH]!);
  }

  get #used(): number {
    return Math.min(this.remembered, IDEMPOTENCY_WINDOW);
  }

  /**
   * Entry of the command's account and clientOrderId, or NEW: then it has one from now on, which `settle` completes.
   *
   * Everything far away in memory is asked for here and nothing waits for the answers: place of the key, of the oldest one.
   */
  claim(words: Int32Array, word: number): number {
    const hash = keyHash(words, word);
    const known = this.#find(hash, words, word);
    if (known >= 0) return known;
    const entry = this.#next;
    if (this.remembered >= IDEMPOTENCY_WINDOW) this.#forget(entry);
    this.remembered++;
    this.#next = (entry + 1) % IDEMPOTENCY_WINDOW;
    this.#place(entry, hash);
    this.#describe(entry * WORDS, hash, words, word);
    return UNKNOWN;
  }

  /** Completes the entry that was claimed last with the command's outcome. */
  settle(results: Int32Array, from: number): void {
    const entries = this.entries;
    const at = (this.#next === 0 ? IDEMPOTENCY_WINDOW - 1 : this.#next - 1) * WORDS;
    copyEight(entries, at, results, from);
    copyEight(entries, at + 8, results, from + 8);
  }

  /** True when the remembered command had the same terms. */
  sameTerms(entry: number, words: Int32Array, word: number): boolean {
    const at = entry * WORDS + FINGERPRINT;
    return this.entries[at] === firstPrint(words, word) && this.entries[at + 1] === secondPrint(words, word);
  }

  #describe(at: number, hash: number, words: Int32Array, word: number): void {
    const entries = this.entries;
    copyEight(entries, at + TEXT_WORD, words, word + TEXT_WORD);
    entries[at + TEXT_LENGTH_WORD - 1] = words[word + TEXT_LENGTH_WORD - 1]!;
    entries[at + TEXT_LENGTH_WORD] = words[word + TEXT_LENGTH_WORD]!;
    entries[at + ACCOUNT] = words[word + COMMAND_ACCOUNT]!;
    entries[at + FINGERPRINT] = firstPrint(words, word);
    entries[at + FINGERPRINT + 1] = secondPrint(words, word);
    entries[at + HASH] = hash;
  }

  #find(hash: number, words: Int32Array, word: number): number {
    const table = this.#table;
    for (let slot = hash & MASK; ; slot = (slot + 1) & MASK) {
      const entry = table[2 * slot]! - 1;
      if (entry < 0 || (table[2 * slot + 1] === hash && this.#isKey(entry, words, word))) return entry;
    }
  }

  #place(entry: number, hash: number): void {
    const table = this.#table;
    let slot = hash & MASK;
    while (table[2 * slot] !== 0) slot = (slot + 1) & MASK;
    table[2 * slot] = entry + 1;
    table[2 * slot + 1] = hash;
  }

  #isKey(entry: number, words: Int32Array, word: number): boolean {
    const at = entry * WORDS;
    const entries = this.entries;
    if (entries[at + ACCOUNT] !== words[word + COMMAND_ACCOUNT]) return false;
    for (let i = TEXT_WORD; i <= TEXT_LENGTH_WORD; i++) if (entries[at + i] !== words[word + i]) return false;
    return true;
  }

  /** Backward-shift deletion, as in the order arena. */
  #forget(entry: number): void {
    const table = this.#table;
    let gap = this.entries[entry * WORDS + HASH]! & MASK;
    while (table[2 * gap] !== entry + 1) gap = (gap + 1) & MASK;
    for (let slot = (gap + 1) & MASK; table[2 * slot] !== 0; slot = (slot + 1) & MASK) {
      const home = table[2 * slot + 1]! & MASK;
      if (((slot - home) & MASK) >= ((slot - gap) & MASK)) {
        table[2 * gap] = table[2 * slot]!;
        table[2 * gap + 1] = table[2 * slot + 1]!;
        gap = slot;
      }
    }
    table[2 * gap] = 0;
  }
}

// Multilinear hashing (Lemire and Kaser, "Strongly universal string hashing is fast"): each word times an odd constant of
// its own, all added. The products do not wait for each other, which a chain of rounds would; `fold` then brings the high
// bits, the well mixed ones, down. The constants are the first words of MD5's table of sines, made odd.

function keyHash(words: Int32Array, word: number): number {
  const text = word + TEXT_WORD;
  const low = imul(words[text]!, 0xd76aa479) + imul(words[text + 1]!, 0xe8c7b757) + imul(words[text + 2]!, 0x242070db);
  const middle = imul(words[text + 3]!, 0xc1bdceef) + imul(words[text + 4]!, 0xf57c0faf) + imul(words[text + 5]!, 0x4787c62b);
  const high = imul(words[text + 6]!, 0xa8304613) + imul(words[text + 7]!, 0xfd469501) + imul(words[text + 8]!, 0x698098d9);
  return fold((imul(words[word + COMMAND_ACCOUNT]!, 0x8b44f7af) + (low | 0) + (middle | 0) + (high | 0)) | 0);
}

// Over kind, the terms from instrument to quantity, currency (or trigger and display) and flags.

function firstPrint(words: Int32Array, word: number): number {
  const at = word + INSTRUMENT;
  const low = imul(words[at]!, 0xffff5bb1) + imul(words[at + 1]!, 0x895cd7bf) + imul(words[at + 2]!, 0x6b901123);
  const middle = imul(words[at + 3]!, 0xfd987193) + imul(words[at + 4]!, 0xa679438f) + imul(words[at + 5]!, 0x49b40821);
  const high = imul(words[at + 6]!, 0xf61e2563) + imul(words[at + 7]!, 0xc040b341) + imul(words[at + 8]!, 0x265e5a51);
  const rest = imul(words[word + CURRENCY_WORD]!, 0xe9b6c7ab) + imul(words[word + CURRENCY_WORD + 1]!, 0xd62f105d) + imul(words[word + FLAGS]!, 0x02441453);
  return fold((words[word + KIND]! + (low | 0) + (middle | 0) + (high | 0) + (rest | 0)) | 0);
}

function secondPrint(words: Int32Array, word: number): number {
  const at = word + INSTRUMENT;
  const low = imul(words[at]!, 0xd8a1e681) + imul(words[at + 1]!, 0xe7d3fbc9) + imul(words[at + 2]!, 0x21e1cde7);
  const middle = imul(words[at + 3]!, 0xc33707d7) + imul(words[at + 4]!, 0xf4d50d87) + imul(words[at + 5]!, 0x455a14ed);
  const high = imul(words[at + 6]!, 0xa9e3e905) + imul(words[at + 7]!, 0xfcefa3f9) + imul(words[at + 8]!, 0x676f02d9);
  const rest = imul(words[word + CURRENCY_WORD]!, 0x8d2a4c8b) + imul(words[word + CURRENCY_WORD + 1]!, 0xfffa3943) + imul(words[word + FLAGS]!, 0x8771f681);
  return fold((imul(words[word + KIND]!, 0x6d9d6123) + (low | 0) + (middle | 0) + (high | 0) + (rest | 0)) | 0);
}

function fold(sum: number): number {
  const mixed = imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}
