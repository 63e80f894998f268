// A sum over a whole series (OBV, A/D, VWAP since midnight) has no window to begin anew with, so what each addition
// rounds off is kept beside it (Neumaier's compensated sum): a million terms that all but cancel keep fifteen digits.

/** [sum, what was rounded off]. */
export const EXACT_SUM_SLOTS = 2;

/** @returns the sum with `term` added. */
export function addExactly(state: Float64Array, at: number, term: number): number {
  const before = state[at]!;
  const sum = before + term;
  const lost = Math.abs(before) >= Math.abs(term) ? before - sum + term : term - sum + before;
  state[at] = sum;
  const rounded = (state[at + 1]! += lost);
  return sum + rounded;
}
