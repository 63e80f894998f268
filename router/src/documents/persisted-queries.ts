// Documents that clients registered under their SHA-256. Bounded, since anybody may register: the least recently used go
// first and are simply registered again. A shared cache lets all routers of a cluster know what one of them was told.

import { LRUCache } from 'lru-cache';
import type { Cache } from '@mib/service/cache/cache';

const MAX_DOCUMENTS = 10_000;
/** Together. */
const MAX_CHARACTERS = 16_000_000;
/** A larger document is served but not kept. */
const MAX_DOCUMENT_CHARACTERS = 200_000;
const SHARED_LIFETIME_MS = 24 * 60 * 60 * 1_000;

export class PersistedQueries {
  readonly #texts = new LRUCache<string, string>({ max: MAX_DOCUMENTS, maxSize: MAX_CHARACTERS, sizeCalculation: (text) => text.length });
  readonly #shared: Cache | undefined;

  constructor(shared?: Cache) {
    this.#shared = shared;
  }

  /** A shared cache that is away knows nothing. */
  async get(hash: string): Promise<string | undefined> {
    const known = this.#texts.get(hash);
    if (known !== undefined || !this.#shared) return known;
    const text = await this.#shared.get(keyOf(hash)).catch(() => undefined);
    if (text !== undefined) this.#texts.set(hash, text);
    return text;
  }

  /** @param hash - of `text`, already checked. */
  set(hash: string, text: string): void {
    if (text.length > MAX_DOCUMENT_CHARACTERS || this.#texts.has(hash)) return;
    this.#texts.set(hash, text);
    this.#shared?.set(keyOf(hash), text, SHARED_LIFETIME_MS).catch(() => undefined);
  }
}

function keyOf(hash: string): string {
  return `document:${hash}`;
}
