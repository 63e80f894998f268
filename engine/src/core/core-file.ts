// Which compiled core this process runs: the one at full size. Another module stands in for this one under
// `node --conditions=small-core` (package.json, `imports`).

export const CORE_FILE = 'core.wasm';
