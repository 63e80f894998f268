// How much cash a position and its open orders lock, as a function of what is there now and of nothing else. Integers
// in, an integer out; ratios are rounded against the account.
//
//   open buys         their notional, less what they may take from the lock of the short position that they cover
//   open sells        nothing for lots that are held; the notional of those beyond (a short sale needs that as collateral)
//   a short position  the proceeds of its sales plus the same again, kept until bought back

/** Offsets within a position's eight numbers. */
export const POSITION = {
  QUANTITY: 0,
  OPEN_BUY_LOTS: 1,
  OPEN_SELL_LOTS: 2,
  OPEN_BUY_UNITS: 3,
  OPEN_SELL_UNITS: 4,
  SHORT_LOCK: 5,
  LOCK: 6,
} as const;
export const POSITION_NUMBERS = 8;

/**
 * @param numbers - positions; the one meant starts at `at`.
 * @param buyLots - lots added to the open buys, `buyUnits` their notional; sells likewise. Asks "what if".
 */
export function lockedUnits(numbers: Float64Array, at: number, buyLots: number, buyUnits: number, sellLots: number, sellUnits: number): number {
  const quantity = numbers[at + POSITION.QUANTITY]!;
  const shortLock = numbers[at + POSITION.SHORT_LOCK]!;
  const buys = lockOfBuys(quantity, shortLock, numbers[at + POSITION.OPEN_BUY_LOTS]! + buyLots, numbers[at + POSITION.OPEN_BUY_UNITS]! + buyUnits);
  const sells = lockOfSells(quantity, numbers[at + POSITION.OPEN_SELL_LOTS]! + sellLots, numbers[at + POSITION.OPEN_SELL_UNITS]! + sellUnits);
  return buys + sells + shortLock;
}

/** What buying back `lots` of a short position of `short` lots frees of its lock. */
export function releasedShortLock(shortLock: number, lots: number, short: number): number {
  return lots === short ? shortLock : Math.floor(shortLock * (lots / short));
}

function lockOfBuys(quantity: number, shortLock: number, lots: number, units: number): number {
  const covering = quantity < 0 ? Math.min(lots, -quantity) : 0;
  if (covering === 0) return units;
  const coveringUnits = Math.floor(units * (covering / lots));
  return units - Math.min(coveringUnits, releasedShortLock(shortLock, covering, -quantity));
}

function lockOfSells(quantity: number, lots: number, units: number): number {
  const uncovered = lots - Math.max(quantity, 0);
  if (uncovered <= 0) return 0;
  return uncovered >= lots ? units : Math.min(units, Math.ceil(units * (uncovered / lots)));
}
