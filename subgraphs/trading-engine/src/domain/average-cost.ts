// The average cost method on whole numbers. Cost is carried in millionths of a tick-lot (one tick times one lot), so a
// share taken out by a partial close is rounded at that place at most, and what is taken out plus what stays is exactly
// what was there: realised plus unrealised profit never loses a unit. Quantities and costs are signed, short is negative.

import type { Side } from '@mib/model/trading';

/** Profit and cost in 10^-6 tick-lots; `quantityLots` is signed and `cost` has its sign. */
export interface AveragePosition {
  readonly quantityLots: bigint;
  readonly cost: bigint;
  readonly realised: bigint;
}

export const FLAT: AveragePosition = { quantityLots: 0n, cost: 0n, realised: 0n };
/** Parts of one tick-lot that cost is counted in. */
export const COST_PARTS = 1_000_000n;

/** The position after a fill. A fill through zero closes the whole position and opens the rest at its own price. */
export function applyFill(position: AveragePosition, fill: { readonly side: Side; readonly priceTicks: number; readonly quantityLots: number }): AveragePosition {
  const change = fill.side === 'BUY' ? BigInt(fill.quantityLots) : -BigInt(fill.quantityLots);
  const price = BigInt(fill.priceTicks) * COST_PARTS;
  const held = position.quantityLots;
  if (held === 0n || held > 0n === change > 0n) return { ...position, quantityLots: held + change, cost: position.cost + change * price };
  const closed = absolute(change) >= absolute(held) ? held : -change;
  const closedCost = shareOf(position.cost, closed, held);
  const realised = position.realised + closed * price - closedCost;
  const opened = change + closed;
  return { quantityLots: held + change, cost: position.cost - closedCost + opened * price, realised };
}

/** `part` of `whole` of an amount, rounded half away from zero; all of it when the parts are equal. */
function shareOf(amount: bigint, part: bigint, whole: bigint): bigint {
  const numerator = amount * part * (whole < 0n ? -1n : 1n);
  const denominator = absolute(whole);
  const rounded = (2n * absolute(numerator) + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
