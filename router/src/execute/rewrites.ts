// The planner's data rewrites: it renames response keys that would collide between types, and replaces __typename where a
// subgraph knows an interface only as an object. Paths mix field names and `... on Type` guards.

import type { FetchDataRewrite } from '../plan/planner.ts';
import type { TypeTable } from '../plan/type-table.ts';
import { own, type JsonObject } from './json.ts';

const GUARD = '... on ';

export function applyRewrites(rewrites: readonly FetchDataRewrite[], types: TypeTable, value: unknown): void {
  for (const rewrite of rewrites) {
    const last = rewrite.path.at(-1);
    if (last !== undefined) applyAt(value, rewrite.path.slice(0, -1), types, (object) => rewriteKey(rewrite, object, last));
  }
}

/** The value at `path`, a list where the path leads through one; undefined when a guard does not hold or a field is missing. */
export function valueAt(value: unknown, path: readonly string[], types: TypeTable): unknown {
  const [first, ...rest] = path;
  if (first === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => valueAt(element, path, types));
  if (typeof value !== 'object') return undefined;
  const object = value as JsonObject;
  if (!first.startsWith(GUARD)) return valueAt(own(object, first), rest, types);
  return mayBe(object, first.slice(GUARD.length), types) ? valueAt(object, rest, types) : undefined;
}

function rewriteKey(rewrite: FetchDataRewrite, object: JsonObject, key: string): void {
  if (rewrite.kind === 'ValueSetter') {
    object[key] = rewrite.setValueTo;
  } else if (Object.hasOwn(object, key)) {
    object[rewrite.renameKeyTo] = object[key];
    delete object[key];
  }
}

function applyAt(value: unknown, path: readonly string[], types: TypeTable, apply: (object: JsonObject) => void): void {
  if (Array.isArray(value)) {
    for (const element of value) applyAt(element, path, types, apply);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const object = value as JsonObject;
  const [first, ...rest] = path;
  if (first === undefined) apply(object);
  else if (!first.startsWith(GUARD)) applyAt(own(object, first), rest, types, apply);
  else if (mayBe(object, first.slice(GUARD.length), types)) applyAt(object, rest, types, apply);
}

/** An object without __typename passes: the planner only guards where it knows no better. */
function mayBe(object: JsonObject, condition: string, types: TypeTable): boolean {
  const typeName = object['__typename'];
  return typeof typeName !== 'string' || types.is(typeName, condition);
}
