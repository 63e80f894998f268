// Finds the objects at a plan's path (`users.@.reviews`, `@` being "every element") and, only when an error needs it,
// the response path of each. Both walks visit in the same order, and merges in between never change a list's length.

import type { ResponsePath } from '../respond/graph-error.ts';
import { own, type JsonObject } from './json.ts';

export const EVERY_ELEMENT = '@';

const NONE: ReadonlyMap<JsonObject, unknown> = new Map();

/** The objects at `path`, in response order; nulls on the way are skipped. */
export function targetsAt(root: JsonObject, path: readonly string[]): JsonObject[] {
  const found: JsonObject[] = [];
  replaceTargets(root, path, (target) => {
    found.push(target);
    return target;
  });
  return found;
}

/** Visits what {@link targetsAt} finds; what `replace` returns is put in its place. @param once - objects that are entered at the first of their places only. */
export function replaceTargets(root: JsonObject, path: readonly string[], replace: (target: JsonObject) => JsonObject, once: ReadonlyMap<JsonObject, unknown> = NONE): void {
  walk(root, 0, { path, replace, once: once.size > 0 ? once : undefined, entered: new Set() });
}

/** The response paths of what {@link targetsAt} finds, in the same order. */
export function targetPathsAt(root: JsonObject, path: readonly string[]): ResponsePath[] {
  const found: ResponsePath[] = [];
  collectPaths(root, path, 0, [], found);
  return found;
}

/** For each object {@link targetsAt} finds, the objects it is in, from the root down to itself. */
export function ancestorsAt(root: JsonObject, path: readonly string[]): (readonly JsonObject[])[] {
  const found: (readonly JsonObject[])[] = [];
  collectAncestors(root, path, 0, [], found);
  return found;
}

/** The longest path all of `paths` share. */
export function commonPrefix(paths: readonly ResponsePath[]): ResponsePath {
  const [first, ...rest] = paths;
  if (!first) return [];
  let length = first.length;
  for (const path of rest) {
    let shared = 0;
    while (shared < length && path[shared] === first[shared]) shared++;
    length = shared;
  }
  return first.slice(0, length);
}

interface Walk {
  readonly path: readonly string[];
  readonly replace: (target: JsonObject) => JsonObject;
  readonly once: ReadonlyMap<JsonObject, unknown> | undefined;
  readonly entered: Set<JsonObject>;
}

function walk(value: object, depth: number, walking: Walk): object {
  const part = walking.path[depth];
  if (Array.isArray(value)) {
    const next = part === EVERY_ELEMENT ? depth + 1 : depth;
    for (let index = 0; index < value.length; index++) {
      const element: unknown = value[index];
      if (typeof element !== 'object' || element === null) continue;
      const kept = walk(element, next, walking);
      if (kept !== element) value[index] = kept;
    }
    return value;
  }
  const object = value as JsonObject;
  if (walking.once?.has(object)) {
    if (walking.entered.has(object)) return object;
    walking.entered.add(object);
  }
  if (part === undefined) return walking.replace(object);
  // What every object inherits is no object itself, so it is never taken for a value.
  const below = object[part];
  if (typeof below !== 'object' || below === null) return object;
  const kept = walk(below, depth + 1, walking);
  if (kept !== below) object[part] = kept;
  return object;
}

function collectPaths(value: unknown, path: readonly string[], depth: number, at: (string | number)[], found: ResponsePath[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const next = path[depth] === EVERY_ELEMENT ? depth + 1 : depth;
    value.forEach((element, index) => collectPaths(element, path, next, [...at, index], found));
    return;
  }
  const part = path[depth];
  if (part === undefined) found.push(at);
  else collectPaths(own(value as JsonObject, part), path, depth + 1, [...at, part], found);
}

function collectAncestors(value: unknown, path: readonly string[], depth: number, above: readonly JsonObject[], found: (readonly JsonObject[])[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const next = path[depth] === EVERY_ELEMENT ? depth + 1 : depth;
    for (const element of value) collectAncestors(element, path, next, above, found);
    return;
  }
  const chain = [...above, value as JsonObject];
  const part = path[depth];
  if (part === undefined) found.push(chain);
  else collectAncestors(own(value as JsonObject, part), path, depth + 1, chain, found);
}
