// Trading fees: millionths of a fill's cash, by instrument, apart for the resting (maker) and the incoming (taker) side.
// Rounded against the account: a charge up, a rebate towards zero, at every fill. The account of the house takes and gives
// them, so cash is conserved with it in the sum; venue participants pay none.
//
//   open buys     lock, besides their notional, what their fills may be charged at the dearer of both rates
//   sells         lock nothing: the fee comes out of the proceeds, and what a short sale locks of them is less by it

import { MAX_INSTRUMENTS } from './capacities';
import { FEES } from './memory';
import { arrayPart, countPart } from './parts';

const PER_MILLION: f64 = 1_000_000;
/** Entry 0 holds for all instruments without their own; instrument indices stand plus one. */
const ALL_INSTRUMENTS: i32 = 0;

@unmanaged
class Fee {
  makerPpm: i32;
  takerPpm: i32;
  isOwn: i32;
}

/** Entries in use: one more than the highest ever set. None until the first SetFees. */
let used: i32 = 0;

// @ts-ignore: decorator
@inline
export function feesAreSet(): bool {
  return used != 0;
}

/** @param instrument - index, or -1 for all without fees of their own. */
export function setFees(instrument: i32, makerPpm: i32, takerPpm: i32): void {
  const fee = feeAt(instrument + 1);
  fee.makerPpm = makerPpm;
  fee.takerPpm = takerPpm;
  fee.isOwn = 1;
  used = max<i32>(used, instrument + 2);
}

export function makerPpmOf(instrument: i32): i32 {
  return feeOf(instrument).makerPpm;
}

export function takerPpmOf(instrument: i32): i32 {
  return feeOf(instrument).takerPpm;
}

/**
 * What the fills of open buys may be charged at most, in cash units.
 *
 * @param units - their notional, `lots` - their lots: every fill has at least one lot and rounds up by less than a unit.
 */
export function feeReserve(instrument: i32, lots: f64, units: f64): f64 {
  if (used == 0) return 0;
  const fee = feeOf(instrument);
  const ppm = max<i32>(fee.makerPpm, fee.takerPpm);
  return ppm <= 0 ? 0 : feeUnits(units, ppm) + lots;
}

/**
 * The fee of one side of a fill in cash units, negative for a rebate. Split so that no product leaves the exact range:
 * `units` are below 2^53, `ppm` within ±100,000.
 */
export function feeUnits(units: f64, ppm: i32): f64 {
  if (ppm == 0) return 0;
  const rate = <f64>abs<i32>(ppm);
  const millions = floor<f64>(units / PER_MILLION);
  const rest = (units - millions * PER_MILLION) * rate;
  return ppm > 0 ? millions * rate + ceil<f64>(rest / PER_MILLION) : -(millions * rate + floor<f64>(rest / PER_MILLION));
}

/**
 * How much less of a short sale's proceeds is locked: what the proceeds of the lots that were held do not pay of the fee.
 *
 * @param heldUnits - proceeds of the lots that were held, in the same fill.
 */
export function feeFromCollateral(fee: f64, heldUnits: f64): f64 {
  return max<f64>(0, fee - heldUnits);
}

export function feesContents(): void {
  used = countPart('fees/used', used);
  arrayPart('fees/words', FEES, used, MAX_INSTRUMENTS + 1, offsetof<Fee>());
}

function feeOf(instrument: i32): Fee {
  const own = feeAt(instrument + 1);
  return own.isOwn == 1 ? own : feeAt(ALL_INSTRUMENTS);
}

function feeAt(entry: i32): Fee {
  return changetype<Fee>(FEES + <usize>entry * offsetof<Fee>());
}
