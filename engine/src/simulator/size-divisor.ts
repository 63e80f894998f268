// Takes the place of core/size-divisor.ts in the simulator (`node --conditions=small-core`), which builds a core for every
// life of an engine: at full size its time would go into the memory of empty tables.

export const SIZE_DIVISOR = 256;
