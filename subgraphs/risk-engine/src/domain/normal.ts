// The standard normal distribution to nearly the precision of a double.

const MAX_ITERATIONS = 100;
const MAX_TERMS = 500;

export function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Marsaglia's series: 1/2 + density(z) * (z + z^3/3 + z^5/(3*5) + ...). */
export function distribution(z: number): number {
  let [term, sum] = [z, z];
  for (let n = 3; n < 2 * MAX_TERMS && Math.abs(term) > Number.EPSILON * Math.abs(sum); n += 2) sum += term *= (z * z) / n;
  return 0.5 + sum * density(z);
}

/**
 * The value not exceeded with probability `p`.
 *
 * Newton from 0: the distribution is concave above 0, so the steps approach from below and never overshoot.
 *
 * @param p - 0.5..0.9999.
 */
export function quantile(p: number): number {
  let z = 0;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const step = (p - distribution(z)) / density(z);
    z += step;
    if (Math.abs(step) < 1e-14) break;
  }
  return z;
}
