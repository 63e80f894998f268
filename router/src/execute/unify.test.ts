import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from './json.ts';
import { targetsAt } from './targets.ts';
import { isSame, unify, unifySpots, type SharedObjects } from './unify.ts';

const PATH = ['books', '@', 'author'];
const step = (after: readonly number[], path: readonly string[], fields: readonly string[], more: object = {}) => ({ after, parts: [{ path, fields, outputRewrites: [], entities: { keyName: 'id' }, ...more }] });
const root = { after: [], parts: [{ path: [], fields: ['books'], outputRewrites: [] }] };

describe('where objects are unified', () => {
  it.each([
    ['at the paths that the next steps ask about', [root, step([0], PATH, ['name'])], [[PATH], []]],
    ['once, however many steps follow', [root, step([0], PATH, ['name']), step([1], PATH, ['age'])], [[PATH], [], []]],
    ['nowhere below a fetch that is under way and writes through the path', [root, step([0], ['books', '@'], ['author']), step([0], PATH, ['name'])], [[['books', '@']], [], []]],
    ['below a fetch that writes beside the path', [root, step([0], ['books', '@'], ['title']), step([0], PATH, ['name'])], [[['books', '@'], PATH], [], []]],
    ['nowhere below a fetch that renames what it writes', [root, step([0], ['books', '@'], ['x'], { outputRewrites: [{}] }), step([0], PATH, ['name'])], [[['books', '@']], [], []]],
    ['nowhere without a key to compare by', [root, step([0], PATH, ['name'], { entities: { keyName: undefined } })], [[], []]],
    ['nowhere when a part is deferred', [root, { ...step([0], PATH, ['name']), stage: 'later' }], [[], []]],
    ['nowhere when arguments come from ancestors', [root, { ...step([0], PATH, ['name']), context: {} }], [[], []]],
  ])('%s', (_title, steps, expected) => {
    expect(unifySpots(steps).map((spots) => spots.map(({ path }) => path))).toEqual(expected);
  });
});

const leaf = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constantFrom('a', 'b'), fc.constant(null));
const author = fc.record({ id: fc.integer({ min: 0, max: 2 }), tags: fc.array(leaf, { maxLength: 2 }), home: fc.option(fc.record({ city: leaf, zip: leaf }, { requiredKeys: [] })) }, { requiredKeys: ['id'] });
const library = fc.record({ books: fc.array(fc.record({ author: fc.option(author) })) });

describe('unifying', () => {
  it('changes no value, and leaves no two equal objects with one key apart', () => {
    fc.assert(
      fc.property(library, (given) => {
        const data = JSON.parse(JSON.stringify(given)) as JsonObject;
        const shared: SharedObjects = new Map();
        unify({ path: PATH, keyName: 'id' }, data, shared);
        expect(data).toEqual(JSON.parse(JSON.stringify(given)));
        const first = new Map<unknown, JsonObject>();
        for (const target of targetsAt(data, PATH)) {
          const known = first.get(target['id']) ?? target;
          first.set(target['id'], known);
          expect(known === target).toBe(JSON.stringify(sorted(known)) === JSON.stringify(sorted(target)));
        }
        for (const object of shared.keys()) expect(targetsAt(data, PATH).filter((target) => target === object).length).toBeGreaterThan(1);
      }),
    );
  });

  it('takes very deep values for different', () => {
    const nested = (): unknown => JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`);
    expect(isSame(nested(), nested())).toBe(false);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([name, below]) => [name, sorted(below)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}
