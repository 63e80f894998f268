// What a forecast claims against the naive one: tomorrow's realised variance will come in above (RISING) or below
// (FALLING) today's EWMA, or nothing (STEADY). Measured in residual deviations of the model:
//
//   z = (mu - ln EWMA) / s          RISING from z = 0.253 (60 % above by the normal law), FALLING up to z = -0.674 (25 %)
//
// The limits are not symmetric because variance is skewed: it ends below its own average on about two days of three.

export const VIEWS = ['RISING', 'FALLING', 'STEADY'] as const;
export type VolatilityView = (typeof VIEWS)[number];

export const RISING_FROM_Z = 0.253;
export const FALLING_TO_Z = -0.674;

/** @param baseline - EWMA of realised variance, at the level of realised variance. */
export function claimStrength(logVariance: number, baseline: number, residualDeviation: number): number {
  return (logVariance - Math.log(baseline)) / residualDeviation;
}

export function viewOf(strength: number): VolatilityView {
  if (strength >= RISING_FROM_Z) return 'RISING';
  return strength <= FALLING_TO_Z ? 'FALLING' : 'STEADY';
}
