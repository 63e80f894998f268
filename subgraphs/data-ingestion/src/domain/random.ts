// Seeded randomness: the same seed gives the same market on every machine.

/** Uniform in [0, 1). */
export type Random = () => number;

/** mulberry32: 32 bits of state, period 2^32. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Mixes whole numbers into one seed, so that neighbouring inputs give unrelated streams. */
export function mixSeed(...parts: readonly number[]): number {
  return parts.reduce((hash, part) => {
    const mixed = Math.imul(hash ^ Math.imul(part ^ Math.floor(part / 4_294_967_296), 0x85ebca6b), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 15)) | 0;
  }, 0x9e3779b9);
}

/** Standard normal, by Box and Muller. */
export function nextNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A whole number from `lowest` to `highest`, both included. */
export function nextInteger(random: Random, lowest: number, highest: number): number {
  return lowest + Math.floor(random() * (highest - lowest + 1));
}
