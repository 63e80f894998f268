// Trading fees: millionths of a fill's cash, by instrument, apart for the resting (maker) and the incoming (taker) side.
// Rounded against the account: a charge up, a rebate towards zero, at every fill. The account of the house takes and gives
// them, so cash is conserved with it in the sum; venue participants pay none.
//
//   open buys     lock, besides their notional, what their fills may be charged at the dearer of both rates
//   sells         lock nothing: the fee comes out of the proceeds, and what a short sale locks of them is less by it

import { MAX_INSTRUMENTS } from './capacities.ts';
import type { Parts, Table } from './table.ts';

const PER_MILLION = 1_000_000;
const FEE_WORDS = 3;
const FEE = { MAKER: 0, TAKER: 1, IS_OWN: 2 } as const;
/** Entry 0 holds for all instruments without their own; instrument indices stand plus one. */
const ALL_INSTRUMENTS = 0;

export class Fees implements Table {
  readonly #words = new Int32Array((MAX_INSTRUMENTS + 1) * FEE_WORDS);
  /** Entries in use: one more than the highest ever set. */
  #used = 0;

  contents(parts: Parts): void {
    this.#used = parts.number('used', this.#used);
    parts.array('words', this.#words, this.#used * FEE_WORDS);
  }

  /** False until the first SetFees. */
  get areSet(): boolean {
    return this.#used > 0;
  }

  /** @param instrument - index, or -1 for all without fees of their own. */
  set(instrument: number, makerPpm: number, takerPpm: number): void {
    const at = (instrument + 1) * FEE_WORDS;
    this.#words[at + FEE.MAKER] = makerPpm;
    this.#words[at + FEE.TAKER] = takerPpm;
    this.#words[at + FEE.IS_OWN] = 1;
    this.#used = Math.max(this.#used, instrument + 2);
  }

  makerPpm(instrument: number): number {
    return this.#words[this.#entry(instrument) + FEE.MAKER]!;
  }

  takerPpm(instrument: number): number {
    return this.#words[this.#entry(instrument) + FEE.TAKER]!;
  }

  /**
   * What the fills of open buys may be charged at most, in cash units.
   *
   * @param units - their notional, `lots` - their lots: every fill has at least one lot and rounds up by less than a unit.
   */
  reserve(instrument: number, lots: number, units: number): number {
    if (this.#used === 0) return 0;
    const at = this.#entry(instrument);
    const ppm = Math.max(this.#words[at + FEE.MAKER]!, this.#words[at + FEE.TAKER]!);
    return ppm <= 0 ? 0 : feeUnits(units, ppm) + lots;
  }

  #entry(instrument: number): number {
    const own = (instrument + 1) * FEE_WORDS;
    return this.#words[own + FEE.IS_OWN] === 1 ? own : ALL_INSTRUMENTS;
  }
}

/**
 * The fee of one side of a fill in cash units, negative for a rebate. Split so that no product leaves the exact range:
 * `units` are below 2^53, `ppm` within ±100,000.
 */
export function feeUnits(units: number, ppm: number): number {
  if (ppm === 0) return 0;
  const rate = Math.abs(ppm);
  const millions = Math.floor(units / PER_MILLION);
  const rest = (units - millions * PER_MILLION) * rate;
  return ppm > 0 ? millions * rate + Math.ceil(rest / PER_MILLION) : -(millions * rate + Math.floor(rest / PER_MILLION));
}

/**
 * How much less of a short sale's proceeds is locked: what the proceeds of the lots that were held do not pay of the fee.
 *
 * @param heldUnits - proceeds of the lots that were held, in the same fill.
 */
export function feeFromCollateral(fee: number, heldUnits: number): number {
  return Math.max(0, fee - heldUnits);
}
