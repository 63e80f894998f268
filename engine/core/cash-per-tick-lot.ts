// What a lot costs more when its price is a tick higher, in cash units: tick * lot * 10^cashScale. The contract's door
// refuses definitions for which that is no whole number below 2^53, so one that comes here all the same is damage.

/**
 * @param tickUnits, lotUnits - whole numbers of at least 1.
 * @param exponent - the power of ten by which their product is to be multiplied.
 */
export function cashPerTickLot(tickUnits: f64, lotUnits: f64, exponent: i32): f64 {
  let tick = <u64>tickUnits;
  let lot = <u64>lotUnits;
  let power: f64 = 1;
  for (let i = 0; i < exponent; i++) power *= 10;
  for (let i = exponent; i < 0; i++) {
    if (tick % 2 == 0) tick /= 2;
    else lot = divided(lot, 2);
    if (tick % 5 == 0) tick /= 5;
    else lot = divided(lot, 5);
  }
  const units = <f64>tick * <f64>lot * power;
  assert(units >= 1 && units <= F64.MAX_SAFE_INTEGER, 'tickSize * lotSize * 10^cashScale must be an integer of at least 1');
  return units;
}

function divided(value: u64, by: u64): u64 {
  assert(value % by == 0, 'tickSize * lotSize * 10^cashScale must be an integer of at least 1');
  return value / by;
}
