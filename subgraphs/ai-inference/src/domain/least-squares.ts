// Ordinary least squares by Householder QR (Golub and Van Loan, Matrix Computations, §5.3.2): the error grows with the
// condition of X, not with its square as it would by the normal equations.
//
//   X = Q R     |X b - y| = |R b - Q'y|     R is upper triangular, so b comes from the last row upwards

export class RankDeficientError extends Error {
  override readonly name = 'RankDeficientError';
}

/** A diagonal entry of R this much smaller than its column says the column is a combination of the others. */
const RANK_TOLERANCE = 1e-12;

/**
 * Finds the coefficients with the least sum of squared residuals.
 *
 * @param rows - one row per observation, all of one length and at least as many as columns.
 * @throws {RankDeficientError} when the columns are linearly dependent.
 */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const height = rows.length;
  const width = rows[0]?.length ?? 0;
  if (height < width || width === 0) throw new RankDeficientError(`${width} coefficients need at least as many observations, had ${height}`);
  const columns = Array.from({ length: width }, (_, c) => Float64Array.from(rows, (row) => row[c]!));
  const right = Float64Array.from(targets);
  const diagonal = columns.map((_, pivot) => eliminate(columns, right, pivot));
  return substituteBack(columns, right, diagonal);
}

/** Reflects column `pivot` onto its axis, and everything right of it along; returns R's diagonal entry. */
function eliminate(columns: readonly Float64Array[], right: Float64Array, pivot: number): number {
  const column = columns[pivot]!;
  const length = norm(column, 0);
  const below = norm(column, pivot);
  if (!(below > length * RANK_TOLERANCE)) throw new RankDeficientError(`column ${pivot} depends on the columns before it`);
  const entry = column[pivot]! > 0 ? -below : below;
  // The reflector v overwrites the column from the pivot down; v'v = 2 (below^2 - entry * x_p).
  const halfSquare = below * below - entry * column[pivot]!;
  column[pivot]! -= entry;
  for (let c = pivot + 1; c < columns.length; c += 1) reflect(columns[c]!, column, pivot, halfSquare);
  reflect(right, column, pivot, halfSquare);
  return entry;
}

function reflect(target: Float64Array, reflector: Float64Array, from: number, halfSquare: number): void {
  let product = 0;
  for (let i = from; i < target.length; i += 1) product += reflector[i]! * target[i]!;
  const factor = product / halfSquare;
  for (let i = from; i < target.length; i += 1) target[i]! -= factor * reflector[i]!;
}

function substituteBack(columns: readonly Float64Array[], right: Float64Array, diagonal: readonly number[]): number[] {
  const solution = new Array<number>(columns.length).fill(0);
  for (let row = columns.length - 1; row >= 0; row -= 1) {
    let rest = right[row]!;
    for (let c = row + 1; c < columns.length; c += 1) rest -= columns[c]![row]! * solution[c]!;
    solution[row] = rest / diagonal[row]!;
  }
  return solution;
}

function norm(values: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i += 1) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}
