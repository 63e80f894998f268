// Tax lots of one position, rebuilt from its fills in order. Whatever the method, the lots add up to the position and
// realised plus unrealised profit is the same: methods differ only in which lot a closing fill consumes.

import type { Side } from '@mib/model/trading';
import { COST_PARTS, FLAT, applyFill, type AveragePosition } from './average-cost.ts';

export const LOT_METHODS = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST'] as const;
export type LotMethod = (typeof LOT_METHODS)[number];

export interface LotFill {
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly timestampNs: bigint;
}

/** `quantityLots` is signed, never 0; `cost` is of the whole lot in 10^-6 tick-lots, with the sign of the quantity. */
export interface Lot {
  readonly openedAtNs: bigint;
  readonly quantityLots: bigint;
  readonly cost: bigint;
}

export interface LotState {
  /** Oldest first. */
  readonly lots: readonly Lot[];
  /** Profit of everything closed, in 10^-6 tick-lots. */
  readonly realised: bigint;
}

/** The open lots after `fills`, oldest first, and what their closing has realised. */
export function matchLots(fills: Iterable<LotFill>, method: LotMethod): LotState {
  const matcher = createLotMatcher(method);
  for (const fill of fills) matcher.apply(fill);
  return matcher.state();
}

export interface LotMatcher {
  apply(fill: LotFill): void;
  state(): LotState;
}

/** A matcher that takes fills one by one, so that a long history never has to be in memory at once. */
export function createLotMatcher(method: LotMethod): LotMatcher {
  return method === 'AVERAGE_COST' ? averageMatcher() : separateMatcher(method);
}

function averageMatcher(): LotMatcher {
  let position: AveragePosition = FLAT;
  let openedAtNs = 0n;
  return {
    apply(fill) {
      const before = position.quantityLots;
      position = applyFill(position, fill);
      if (before === 0n || before > 0n !== position.quantityLots > 0n) openedAtNs = fill.timestampNs;
    },
    state() {
      const { quantityLots, cost, realised } = position;
      return { lots: quantityLots === 0n ? [] : [{ openedAtNs, quantityLots, cost }], realised };
    },
  };
}

/** One open fill or what is left of it; `left` is unsigned, `number` its place in the history. */
interface OpenLot {
  readonly number: number;
  readonly openedAtNs: bigint;
  readonly priceTicks: number;
  left: number;
}

/** Closed lots that may linger before the open ones are moved up. */
const COMPACT_AT = 1_024;

function separateMatcher(method: Exclude<LotMethod, 'AVERAGE_COST'>): LotMatcher {
  // In opening order for FIFO and LIFO, dearest-to-close last for HIFO; FIFO eats from `head`, the others from the end.
  let open: OpenLot[] = [];
  let head = 0;
  let long = true;
  let realisedTickLots = 0n;
  let number = 0;

  const next = (): OpenLot | undefined => (method === 'FIFO' ? open[head] : open.at(-1));
  const drop = (): void => {
    if (method !== 'FIFO') open.pop();
    else if (++head >= COMPACT_AT && head * 2 > open.length) [open, head] = [open.slice(head), 0];
  };
  const add = (lot: OpenLot): void => {
    if (method === 'HIFO') open.splice(placeOf(open, lot, long), 0, lot);
    else open.push(lot);
  };
  const close = (fill: LotFill): number => {
    let rest = fill.quantityLots;
    for (let lot = next(); lot && rest > 0; lot = next()) {
      const closed = Math.min(lot.left, rest);
      const gain = BigInt(closed) * BigInt(fill.priceTicks - lot.priceTicks);
      realisedTickLots += long ? gain : -gain;
      lot.left -= closed;
      rest -= closed;
      if (lot.left === 0) drop();
    }
    if (!next()) [open, head] = [[], 0];
    return rest;
  };

  return {
    apply(fill) {
      const isBuy = fill.side === 'BUY';
      const rest = next() && long !== isBuy ? close(fill) : fill.quantityLots;
      if (rest === 0) return;
      long = isBuy;
      add({ number: number++, openedAtNs: fill.timestampNs, priceTicks: fill.priceTicks, left: rest });
    },
    state() {
      const sign = long ? 1n : -1n;
      const lots = open.slice(head).sort((a, b) => a.number - b.number);
      return {
        realised: realisedTickLots * COST_PARTS,
        lots: lots.map(({ openedAtNs, priceTicks, left }) => ({ openedAtNs, quantityLots: sign * BigInt(left), cost: sign * BigInt(left) * BigInt(priceTicks) * COST_PARTS })),
      };
    },
  };
}

/** Where a lot belongs in closing order: the dearest of a long (cheapest of a short) last, of equals the oldest last. */
function placeOf(open: readonly OpenLot[], lot: OpenLot, long: boolean): number {
  const rank = (priceTicks: number): number => (long ? priceTicks : -priceTicks);
  let low = 0;
  let high = open.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rank(open[middle]!.priceTicks) < rank(lot.priceTicks)) low = middle + 1;
    else high = middle;
  }
  return low;
}
