// One entity often stands at many places of a response: the author of each review. Each place has an object of its own with the
// same content, because subgraphs answer trees. Where nothing that is still to come can tell two places apart, the second gets
// the object of the first: it is then asked for, merged into and written once, however many places it has.

import { isObject, type JsonObject } from './json.ts';
import { EVERY_ELEMENT, replaceTargets } from './targets.ts';

/** Objects that stand at several places, with their text once it is written. */
export type SharedObjects = Map<JsonObject, SharedText>;

export interface SharedText {
  /** What wrote it: another place may ask for other fields. */
  by?: unknown;
  text: string;
}

/** Objects at `path` that have the same value of the key field are compared. */
export interface UnifySpot {
  readonly path: readonly string[];
  readonly keyName: string;
}

interface Fetch {
  readonly after: readonly number[];
  readonly stage?: string;
  readonly context?: unknown;
  readonly parts: readonly Part[];
}

interface Part {
  readonly path: readonly string[];
  readonly fields: readonly string[];
  readonly outputRewrites: readonly unknown[];
  readonly entities?: { readonly keyName: string | undefined };
}

/** Deeper values are taken for different. */
const MAX_COMPARED_DEPTH = 12;

/**
 * For each step, where to look for equal objects when it is over: at the paths that the next steps ask about, upper ones first.
 *
 * Equal objects stay equal to the end unless a deferred part or an ancestor's value could be another for each, or a fetch that is
 * not over by then answers for an object further up and writes through it.
 */
export function unifySpots(steps: readonly Fetch[]): readonly (readonly UnifySpot[])[] {
  if (steps.some(({ stage, context }) => stage !== undefined || context !== undefined)) return steps.map(() => []);
  const earlier = steps.map((_, index) => before(index, steps));
  const spots = steps.map((_, index) => {
    const over = new Set([...earlier[index]!, index]);
    const next = steps.filter(({ after }) => after.includes(index)).flatMap(({ parts }) => parts);
    const found = new Map<string, UnifySpot>();
    for (const { path, entities } of next) {
      const isSafe = steps.every(({ parts }, other) => over.has(other) || parts.every((part) => !writesThrough(part, path)));
      if (entities?.keyName !== undefined && isSafe) found.set(path.join('.'), { path, keyName: entities.keyName });
    }
    return found;
  });
  return spots.map((found, index) =>
    [...found].filter(([key]) => ![...earlier[index]!].some((other) => spots[other]!.has(key))).map(([, spot]) => spot).sort((a, b) => a.path.length - b.path.length),
  );
}

/** Puts the first of several equal objects at a spot in the place of the others, and remembers it in `shared`. */
export function unify({ path, keyName }: UnifySpot, data: JsonObject, shared: SharedObjects): void {
  const firsts = new Map<unknown, JsonObject>();
  replaceTargets(data, path, (target) => {
    const key = target[keyName];
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, target);
    if (first === undefined || first === target || !isSame(first, target)) return target;
    if (!shared.has(first)) shared.set(first, { text: '' });
    return first;
  }, shared);
}

/** Whether two values from JSON are the same to the last leaf; `false` says nothing of very deep ones. */
export function isSame(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (depth === MAX_COMPARED_DEPTH) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((element, index) => isSame(element, b[index], depth + 1));
  if (!isObject(a) || !isObject(b)) return false;
  let count = 0;
  for (const key in a) {
    if (!isSame(a[key], b[key], depth + 1)) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

function before(index: number, steps: readonly Fetch[]): ReadonlySet<number> {
  const found = new Set<number>();
  const visit = (step: number): void => {
    for (const earlier of steps[step]!.after) {
      if (found.has(earlier)) continue;
      found.add(earlier);
      visit(earlier);
    }
  };
  visit(index);
  return found;
}

function writesThrough({ path, fields, outputRewrites }: Part, below: readonly string[]): boolean {
  const [upper, lower] = [path, below].map((one) => one.filter((segment) => segment !== EVERY_ELEMENT)) as [string[], string[]];
  const next = lower[upper.length];
  if (next === undefined || upper.some((segment, at) => segment !== lower[at])) return false;
  return outputRewrites.length > 0 || fields.includes(next);
}
