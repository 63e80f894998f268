// Merges what one subgraph answered into the response, in place. Two subgraphs may both answer a part of the same value;
// a null from one does not wipe out what the other knows, and lists pair up by index. A subgraph that knows an interface as an
// object calls all its objects by the interface's name: that does not wipe out the name of the type that another subgraph knows.

import type { TypeTable } from '../plan/type-table.ts';
import type { JsonObject } from './json.ts';

export function merge(target: JsonObject, source: JsonObject, types: TypeTable): void {
  for (const key in source) {
    // An own `__proto__` from JSON.parse would reach Object.prototype through the target.
    if (key === '__proto__') continue;
    const incoming = source[key];
    const present = target[key];
    if (typeof present === 'object' && present !== null && Object.hasOwn(target, key)) {
      if (typeof incoming === 'object' && incoming !== null) mergeValues(present, incoming, types);
    } else if (present === undefined || (incoming !== null && (incoming === present || key !== '__typename' || types.isObject(String(incoming))))) {
      target[key] = incoming;
    }
  }
}

function mergeValues(present: object, incoming: object, types: TypeTable): void {
  if (!Array.isArray(present)) {
    if (!Array.isArray(incoming)) merge(present as JsonObject, incoming as JsonObject, types);
    return;
  }
  if (!Array.isArray(incoming)) return;
  const count = Math.min(present.length, incoming.length);
  for (let index = 0; index < count; index++) {
    const left: unknown = present[index];
    const right: unknown = incoming[index];
    if (left === null) present[index] = right;
    else if (typeof left === 'object' && typeof right === 'object' && right !== null) mergeValues(left, right, types);
  }
}
