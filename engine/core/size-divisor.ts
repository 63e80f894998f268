// 1: the engine at its full size. tools/build-core.mjs puts size-divisor-small.ts in this file's place for the second
// core, that of the simulator, so that the capacities stay plain constants.

export const SIZE_DIVISOR: i32 = 1;
