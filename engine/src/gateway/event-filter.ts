// Which events a reader asked for. Without filters a batch passes untouched; with them the wanted records are copied
// together. Conflating drops a LevelChanged when a newer one of the same price stands in the same batch, so the book is
// right at the batch's end and nothing else is lost.

import type { StreamEventsRequest } from '@mib/proto/generated/mib/engine/v1/engine';
import { EVENT, EVENT_KIND, MAX_EVENTS_PER_BATCH } from '@mib/proto/layout-event';
import { alignedViews, RECORD_BYTES, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';

/** Events looked at for one batch when some are left out, 1 MiB: the most a conflating reader's strides grow to. */
const MAX_STRIDE = 8_192;
/** In these, the number 0 stands for every account or every instrument; elsewhere it says that there is none. */
const OF_EVERY_ACCOUNT: ReadonlySet<number> = new Set([EVENT_KIND.TRADING_STATE_SET]);
const OF_EVERY_INSTRUMENT: ReadonlySet<number> = new Set([EVENT_KIND.RISK_LIMITS_SET]);

export interface Picked {
  /** Whole event records, at most MAX_EVENTS_PER_BATCH, in order. */
  readonly records: Uint8Array;
  /** Events looked at from the start; the rest did not fit. */
  readonly looked: number;
}

export class EventFilter {
  readonly #kinds: ReadonlySet<number>;
  readonly #instruments: ReadonlySet<number>;
  readonly #accounts: ReadonlySet<number>;
  readonly #conflate: boolean;
  /** Events worth reading at once. */
  readonly stride: number;

  constructor(request: Pick<StreamEventsRequest, 'kinds' | 'instrumentNumbers' | 'accountNumbers' | 'conflateLevels'>) {
    this.#kinds = new Set(request.kinds);
    this.#instruments = new Set(request.instrumentNumbers);
    this.#accounts = new Set(request.accountNumbers);
    this.#conflate = request.conflateLevels;
    const takesAll = this.#kinds.size + this.#instruments.size + this.#accounts.size === 0 && !this.#conflate;
    this.stride = takesAll ? MAX_EVENTS_PER_BATCH : MAX_STRIDE;
  }

  /** @param bytes - whole event records, at most `stride`. */
  pick(bytes: Uint8Array): Picked {
    const count = bytes.byteLength / RECORD_BYTES;
    if (this.stride === MAX_EVENTS_PER_BATCH) return { records: bytes, looked: count };
    const views = bytes.byteOffset % 8 === 0 ? recordViews(bytes.buffer, bytes.byteOffset, bytes.byteLength) : alignedViews(bytes);
    const { wanted, looked } = this.#choose(views, count);
    const records = new Uint8Array(wanted.length * RECORD_BYTES);
    wanted.forEach((index, place) => records.set(views.bytes.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES), place * RECORD_BYTES));
    return { records, looked };
  }

  /** Indices of the wanted records; a superseded level gives its place back. */
  #choose(views: RecordViews, count: number): { wanted: number[]; looked: number } {
    const kept = new Set<number>();
    const newest = new Map<number, Map<number, number>>();
    let looked = 0;
    while (looked < count && kept.size < MAX_EVENTS_PER_BATCH) {
      const index = looked++;
      if (!this.#wants(views.words, index * RECORD_WORDS)) continue;
      if (this.#conflate && views.words[index * RECORD_WORDS] === EVENT_KIND.LEVEL_CHANGED) kept.delete(supersede(newest, views.words, index));
      kept.add(index);
    }
    return { wanted: [...kept], looked };
  }

  #wants(words: Int32Array, word: number): boolean {
    const kind = words[word + EVENT.KIND]!;
    if (this.#kinds.size > 0 && !this.#kinds.has(kind)) return false;
    return this.#namesInstrument(words, word, kind) && this.#namesAccount(words, word, kind);
  }

  #namesInstrument(words: Int32Array, word: number, kind: number): boolean {
    if (this.#instruments.size === 0) return true;
    const instrument = words[word + EVENT.INSTRUMENT]!;
    return instrument === 0 ? OF_EVERY_INSTRUMENT.has(kind) : this.#instruments.has(instrument);
  }

  #namesAccount(words: Int32Array, word: number, kind: number): boolean {
    if (this.#accounts.size === 0) return true;
    const account = words[word + EVENT.ACCOUNT]!;
    if (account === 0) return OF_EVERY_ACCOUNT.has(kind);
    return this.#accounts.has(account) || (kind === EVENT_KIND.TRADE && this.#accounts.has(words[word + EVENT.MAKER_ACCOUNT]!));
  }
}

/** Notes the record as its price's newest. @returns the index of the one before in this batch, -1 when there is none. */
function supersede(newest: Map<number, Map<number, number>>, words: Int32Array, index: number): number {
  const word = index * RECORD_WORDS;
  const side = words[word + EVENT.INSTRUMENT]! * 4 + words[word + EVENT.TERMS]!;
  let prices = newest.get(side);
  if (!prices) newest.set(side, (prices = new Map()));
  const price = words[word + EVENT.PRICE]!;
  const before = prices.get(price) ?? -1;
  prices.set(price, index);
  return before;
}
