// What is known of each instrument's outside feed: its state, and the venue's id and time of the last trade it printed.

import { MAX_INSTRUMENTS } from './capacities.ts';
import type { Parts, Table } from './table.ts';

const NUMBERS = 3;

export class Feeds implements Table {
  readonly #numbers = new Float64Array(MAX_INSTRUMENTS * NUMBERS);
  /** One more than the highest instrument that ever had a feed. */
  #used = 0;

  contents(parts: Parts): void {
    this.#used = parts.number('used', this.#used);
    parts.array('numbers', this.#numbers, this.#used * NUMBERS);
  }

  /** FEED_STATE; 0 for an instrument that never had a feed. */
  state(instrument: number): number {
    return this.#numbers[instrument * NUMBERS]!;
  }

  setState(instrument: number, state: number): void {
    this.#numbers[instrument * NUMBERS] = state;
    this.#used = Math.max(this.#used, instrument + 1);
  }

  /** 0 before the first. */
  lastTradeId(instrument: number): number {
    return this.#numbers[instrument * NUMBERS + 1]!;
  }

  /** Unix microseconds by the venue's clock; 0 before the first. */
  lastTradeMicros(instrument: number): number {
    return this.#numbers[instrument * NUMBERS + 2]!;
  }

  setLastTrade(instrument: number, venueTradeId: number, venueMicros: number): void {
    this.#numbers[instrument * NUMBERS + 1] = venueTradeId;
    this.#numbers[instrument * NUMBERS + 2] = venueMicros;
    this.#used = Math.max(this.#used, instrument + 1);
  }
}
