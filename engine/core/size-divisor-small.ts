// Takes the place of size-divisor.ts in the simulator's core, which builds one for every life of an engine: at full size
// its time would go into the memory of empty tables.

export const SIZE_DIVISOR: i32 = 256;
