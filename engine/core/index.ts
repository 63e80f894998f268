// What the host (engine/src/core/core.ts) finds in the compiled core.

export { COMMANDS as commandsAt } from './memory';
export { apply } from './core';
export { clearOutput, commandSequence, eventCount, eventsAt, lastEventSequence, resultCount, resultsAt } from './output';
export { contents, rebuild } from './state';
export { expiryDueMicros } from './expiry-heap';
export { openOrders } from './orders';
export * from './reads';
export * from './capacities';
