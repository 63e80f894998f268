// Takes the place of core/core-file.ts in the simulator (`node --conditions=small-core`), which builds a core for every
// life of an engine: at full size its time would go into the memory of empty tables.

export const CORE_FILE = 'core-small.wasm';
