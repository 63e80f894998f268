// What was last told of each collecting instrument's auction: price, lots and imbalance, all zero for nothing.

import { MAX_INSTRUMENTS } from './capacities.ts';
import type { Parts, Table } from './table.ts';

const NUMBERS = 3;

export class Indicative implements Table {
  readonly #numbers = new Float64Array(MAX_INSTRUMENTS * NUMBERS);
  /** One more than the highest instrument ever told of. */
  #used = 0;

  contents(parts: Parts): void {
    this.#used = parts.number('used', this.#used);
    parts.array('numbers', this.#numbers, this.#used * NUMBERS);
  }

  /** @returns true when something is different now. */
  set(instrument: number, priceTicks: number, lots: number, imbalanceLots: number): boolean {
    const at = instrument * NUMBERS;
    const numbers = this.#numbers;
    if (numbers[at] === priceTicks && numbers[at + 1] === lots && numbers[at + 2] === imbalanceLots) return false;
    numbers[at] = priceTicks;
    numbers[at + 1] = lots;
    numbers[at + 2] = imbalanceLots;
    this.#used = Math.max(this.#used, instrument + 1);
    return true;
  }

  /** Ticks; 0 when nothing would trade. */
  priceTicks(instrument: number): number {
    return this.#numbers[instrument * NUMBERS]!;
  }

  lots(instrument: number): number {
    return this.#numbers[instrument * NUMBERS + 1]!;
  }

  imbalanceLots(instrument: number): number {
    return this.#numbers[instrument * NUMBERS + 2]!;
  }
}
