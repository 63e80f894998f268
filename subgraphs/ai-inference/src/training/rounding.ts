// What training writes is rounded well above the noise of the last bits, so that machines whose logarithms differ in
// them still write the same file.

const SIGNIFICANT_DIGITS = 10;

export function significant(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}

export function decimals(value: number, count: number): number {
  return Number(value.toFixed(count));
}

/** The UTC date of a time as YYYY-MM-DD. */
export function isoDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
