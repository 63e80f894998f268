const FACTOR = Number(process.env['MIB_PROPERTY_RUNS'] ?? 1);

/**
 * How often a property or a seeded schedule runs: a few seconds' worth as it stands, times MIB_PROPERTY_RUNS in a long run.
 *
 * @param count - what a plain `npm test` affords.
 */
export function propertyRuns(count: number): number {
  return Math.ceil(count * FACTOR);
}
