// How much cash a position and its open orders lock. Integers in, an integer out, rounded against the account.
//
//   open buys         their notional, less what they may take from the lock of the short position that they cover
//   open sells        nothing for lots that are held; the notional of those beyond (a short sale needs that as collateral)
//   a short position  the proceeds of its sales plus the same again, kept until bought back
//
// Which of several open orders fills first is not known, so the worst is assumed: of the sells the dearest ones are those
// beyond the holding, and each covering buy frees no more than the cheapest one costs. Then no fill can take more out
// of the free balance than it unlocks: a buy of x lots at p takes p*x, and its lock falls by at least that; a sell of held
// lots brings cash and leaves the uncovered count, so the lock, where it was; a short sale at p adds 2*p*x to the short
// lock, brings p*x and gives back p*x of the open lock.

/** Offsets within a position's sixteen numbers; number 7 and those from 9 on are pairs of words. */
export const POSITION = {
  QUANTITY: 0,
  OPEN_BUY_LOTS: 1,
  OPEN_SELL_LOTS: 2,
  OPEN_BUY_UNITS: 3,
  OPEN_SELL_UNITS: 4,
  SHORT_LOCK: 5,
  LOCK: 6,
  /** Of its instrument. */
  CASH_PER_TICK_LOT: 8,
} as const;
export const POSITION_NUMBERS = 16;
export const POSITION_WORDS = 2 * POSITION_NUMBERS;
/** Word offsets. What the gate and every fill ask of account, instrument and limits is kept here: one row, no searches. */
export const POSITION_WORD = {
  /** Lowest buy and highest sell price, in ticks, since that side's open lots were last zero. */
  LOW_BUY: 14,
  HIGH_SELL: 15,
  INSTRUMENT: 18,
  /** 1 for a user's: nothing of a venue participant's is locked. */
  LOCKS: 19,
  /** Where the cash of its account in the instrument's currency begins. */
  CASH_AT: 20,
  MAX_LOTS: 21,
  COLLAR: 22,
  /** Next position of the same account plus one; 0 ends the list. */
  NEXT_OF_ACCOUNT: 23,
} as const;

/** What buying back `lots` of a short position of `short` lots frees of its lock. */
export function releasedShortLock(shortLock: number, lots: number, short: number): number {
  if (lots === short) return shortLock;
  const perLot = Math.floor(shortLock / short);
  const rest = shortLock - perLot * short;
  return lots * perLot + Math.floor((rest * lots) / short);
}

/** What it frees at least, in whatever parts it is bought back: no part's rounding is counted on. */
export function coverableLock(shortLock: number, lots: number, short: number): number {
  return lots === short ? shortLock : lots * Math.floor(shortLock / short);
}
