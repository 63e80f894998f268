// Position limit and price collar by account and instrument. The instrument's own entry holds, else the account's entry
// for all instruments, else the defaults.

import * as fromCapacities from './capacities.ts';
import { PairIndex } from './pair-index.ts';
import type { Parts, Table } from './table.ts';

/** Held here: V8 folds a module's own constants into the code, one that is exported or imported it loads at every use. */
const { DEFAULT_COLLAR_BASIS_POINTS, DEFAULT_MAX_POSITION_LOTS, MAX_RISK_LIMITS } = fromCapacities;
/** Second half of the pair of an entry for all instruments; instrument indices stand plus one. */
const ALL_INSTRUMENTS = 0;

export class RiskLimits implements Table {
  readonly index = new PairIndex(MAX_RISK_LIMITS);
  /** Two words an entry: maxPositionLots, collarBasisPoints; 0 is none. */
  readonly words = new Int32Array(2 * MAX_RISK_LIMITS);

  contents(parts: Parts): void {
    parts.table('index', this.index);
    parts.array('words', this.words, 2 * this.index.count);
  }

  /** @param instrument - index, or -1 for all. @returns false when no more fit. */
  set(account: number, instrument: number, maxPositionLots: number, collarBasisPoints: number): boolean {
    const entry = this.index.add(account, instrument + 1);
    if (entry < 0) return false;
    this.words[2 * entry] = maxPositionLots;
    this.words[2 * entry + 1] = collarBasisPoints;
    return true;
  }

  /** Most lots, long or short; 0 is no limit. */
  maxPositionLots(account: number, instrument: number): number {
    const entry = this.#entry(account, instrument);
    return entry < 0 ? DEFAULT_MAX_POSITION_LOTS : this.words[2 * entry]!;
  }

  /** How far beyond the reference an order may reach; 0 is any distance. */
  collarBasisPoints(account: number, instrument: number): number {
    const entry = this.#entry(account, instrument);
    return entry < 0 ? DEFAULT_COLLAR_BASIS_POINTS : this.words[2 * entry + 1]!;
  }

  #entry(account: number, instrument: number): number {
    const own = this.index.find(account, instrument + 1);
    return own >= 0 ? own : this.index.find(account, ALL_INSTRUMENTS);
  }
}
