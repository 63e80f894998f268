// Which instruments an article is about: those whose symbol or id a category or ticker names, those with a $cashtag in the
// headline, and those whose name stands in it. Words that merely look like a symbol do not count.

import type { Instrument } from './instrument.ts';
import type { FeedItem } from './news.ts';

/** An article about more is about none in particular. */
export const MAX_INSTRUMENTS_PER_ARTICLE = 50;
/** Shorter names are found in any text. */
const MIN_NAME_CHARACTERS = 5;

export class InstrumentMatcher {
  readonly #bySymbol = new Map<string, Instrument[]>();
  readonly #names: { readonly pattern: RegExp; readonly instrument: Instrument }[] = [];

  constructor(instruments: readonly Instrument[]) {
    for (const instrument of instruments) {
      for (const key of [instrument.symbol, instrument.id]) this.#bySymbol.set(key, [...(this.#bySymbol.get(key) ?? []), instrument]);
      const name = spokenName(instrument.name);
      if (name) this.#names.push({ instrument, pattern: new RegExp(`(?<![\\p{L}\\p{N}])${escapePattern(name)}(?![\\p{L}\\p{N}])`, 'iu') });
    }
  }

  /** Sorted by id. */
  match({ headline = '', terms }: FeedItem): Instrument[] {
    const cashtags = [...headline.matchAll(/\$([A-Z][A-Z0-9/_-]{0,15})(?![\w])/g)].map(([, symbol]) => symbol!);
    const named = [...terms.map((term) => term.replace(/^\$/, '').toUpperCase()), ...cashtags].flatMap((symbol) => this.#bySymbol.get(symbol) ?? []);
    const spoken = this.#names.filter(({ pattern }) => pattern.test(headline)).map(({ instrument }) => instrument);
    return [...new Set([...named, ...spoken])].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, MAX_INSTRUMENTS_PER_ARTICLE);
  }
}

/** "WTI crude oil, Cushing spot, per barrel" is spoken of as "WTI crude oil". */
function spokenName(name: string | null): string | undefined {
  const spoken = name?.split(',', 1)[0]!.trim();
  return spoken !== undefined && spoken.length >= MIN_NAME_CHARACTERS ? spoken : undefined;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
