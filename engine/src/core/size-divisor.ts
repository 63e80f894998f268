// 1: the engine at its full size. Another module stands in for this one under `node --conditions=small-core` (package.json,
// `imports`), so that the capacities stay plain constants for the hot path.

export const SIZE_DIVISOR = 1;
