// The trades of one stock without holes. Alpaca names its trades, but not in a row, so no name tells of a hole: what a
// connection may have missed is asked for as soon as the next one stands, and trades of the stream wait for the answer.
// The ids handed on rise with time, sixteen to a microsecond; so after a restart the last id alone says how many trades of
// its microsecond are known.
//
//   connection stands ─► ask from the last microsecond ─► the answer, then what waited; each trade once, by the venue's name

import type { TimestampNs } from '@mib/model/timestamp';
import type { FeedTrade, TradePosition } from '../feed/contract.ts';
import type { AlpacaTrade } from './decode.ts';

/** With microseconds since 2020 the ids are exact numbers until 2037. More trades in a microsecond borrow from the next. */
const IDS_PER_MICROSECOND = 16;
const EPOCH_MICROS = Date.UTC(2020, 0, 1) * 1_000;
/** Trades that wait for an answer. */
const MAX_HELD = 10_000;
/** Names kept; an answer and what waited for it overlap by at most what waited. */
const MAX_NAMES = 2 * MAX_HELD;

export class TradeTape {
  readonly #emit: (trade: FeedTrade) => void;
  readonly #names = new Set<string>();
  #lastId: number | undefined;
  /** Trades of the last microsecond that were handed on before this process knew names. */
  #nameless: number;
  #held: AlpacaTrade[] = [];
  #asked: object | undefined;

  /** @param last - what is already stored; null makes the first trade the beginning. */
  constructor(emit: (trade: FeedTrade) => void, last: TradePosition | null) {
    this.#emit = emit;
    this.#lastId = last?.id;
    this.#nameless = last ? (last.id % IDS_PER_MICROSECOND) + 1 : 0;
  }

  /**
   * A connection stands. From now on trades wait until `answered` is called with the same `asked`; a later call replaces it.
   *
   * @returns undefined when nothing came before, so nothing can be missing.
   */
  reconnected(): { readonly asked: object; readonly fromNs: TimestampNs } | undefined {
    if (this.#lastId === undefined) return undefined;
    this.#asked = {};
    return { asked: this.#asked, fromNs: BigInt(microsOfId(this.#lastId)) * 1_000n };
  }

  /** A trade of the stream. @returns false when too many wait already: the answer is not waited for any longer. */
  push(trade: AlpacaTrade): boolean {
    if (!this.#asked) {
      this.#take(trade);
      return true;
    }
    this.#held.push(trade);
    if (this.#held.length <= MAX_HELD) return true;
    this.answered(this.#asked, []);
    return false;
  }

  /** @param trades - in order of time; empty when the venue did not answer. */
  answered(asked: object, trades: readonly AlpacaTrade[]): void {
    if (asked !== this.#asked) return;
    this.#asked = undefined;
    const fromMicros = microsOfId(this.#lastId!);
    for (const trade of trades) {
      const micros = microsOf(trade.timeNs);
      if (micros < fromMicros) continue;
      if (micros === fromMicros && this.#nameless > 0) {
        this.#nameless -= 1;
        this.#names.add(trade.name);
      } else {
        this.#take(trade);
      }
    }
    this.#nameless = 0;
    const held = this.#held;
    this.#held = [];
    for (const trade of held) this.#take(trade);
  }

  #take({ name, price, quantity, timeNs }: AlpacaTrade): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    if (this.#names.size > MAX_NAMES) this.#names.delete(this.#names.values().next().value!);
    const id = Math.max((this.#lastId ?? 0) + 1, (microsOf(timeNs) - EPOCH_MICROS) * IDS_PER_MICROSECOND);
    this.#lastId = id;
    this.#emit({ id, price, quantity, aggressor: null, eventTimeNs: timeNs });
  }
}

function microsOf(timeNs: TimestampNs): number {
  return Number(timeNs / 1_000n);
}

function microsOfId(id: number): number {
  return Math.floor(id / IDS_PER_MICROSECOND) + EPOCH_MICROS;
}
