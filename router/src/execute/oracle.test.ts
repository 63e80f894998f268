// Random operations over two subgraphs that fail at random, against graphql-js over the same types in one schema: joins
// must not show in the data, whatever is null or broken, and every error leads to a null.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, execute, parse, type GraphQLFieldResolver } from 'graphql';
import { startTestRouter, type QueryAnswer, type TestRouter } from '../test-support/router.ts';
import { startSubgraph, type TestSubgraph } from '../test-support/subgraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const ROOT = 'type Query { thing: Thing must: Thing! things: [Thing!] some: [Thing]! }';
const LEFT = 'number: Int count: Int! child: Thing children: [Thing!]! rows: [[Thing!]]';
const RIGHT = 'text: String label: String! peer: Thing! peers: [Thing] best: [Thing!]';
const WHOLE = buildSchema(`${ROOT} type Thing { id: ID! ${LEFT} ${RIGHT} }`);
const LEAVES = ['id', 'number', 'count', 'text', 'label', '__typename'];
const BRANCHES = ['child', 'children', 'rows', 'peer', 'peers', 'best'];
const ROOTS = ['thing', 'must', 'things', 'some'];
const THINGS = 5;
const RUNS = 120;

/** What each field of each thing does in this run. */
let fate: readonly number[] = [];

interface Thing {
  readonly id: string;
}

/** The same for the subgraphs and the oracle: a value, a null or an error by thing and field alone. */
function outcome(id: number, field: string): unknown {
  const field1 = [...LEAVES, ...BRANCHES, ...ROOTS].indexOf(field) + 1;
  const fates = fate.length;
  const draw = fates === 0 ? 50 : fate[(id * 31 + field1 * 7) % fates]!;
  if (draw < 6) throw new Error(`${field} of ${id}`);
  if (draw < 12) return null;
  const thing = (step: number): Thing | null => ((draw + step) % 11 === 0 ? null : { id: String((id + field1 + step) % THINGS) });
  switch (field) {
    case 'number': case 'count': return draw;
    case 'text': case 'label': return `t${draw}`;
    case 'thing': case 'must': case 'child': case 'peer': return thing(1);
    case 'rows': return [[thing(1), thing(2)], [], null];
    default: return [thing(1), thing(2), thing(1)];
  }
}

const resolve: GraphQLFieldResolver<Thing | undefined, unknown> = (source, _args, _context, { fieldName }) =>
  fieldName === 'id' ? source!.id : outcome(source ? Number(source.id) : THINGS, fieldName);

const resolversFor = (fields: string): Record<string, unknown> => Object.fromEntries([...fields.matchAll(/(\w+):/g)].map(([, name]) => [name!, resolve]));

const selection: fc.Arbitrary<string> = fc.letrec<{ readonly set: string }>((tie) => ({
  set: fc
    .tuple(fc.subarray(LEAVES, { minLength: 1, maxLength: 3 }), fc.array(fc.tuple(fc.constantFrom(...BRANCHES), fc.oneof({ maxDepth: 2 }, fc.constant('{ id }'), tie('set'))), { maxLength: 2 }))
    .map(([leaves, branches]) => `{ ${leaves.join(' ')} ${branches.map(([name, set], index) => `${index === 0 ? name : `other: ${name}`} ${set}`).join(' ')} }`),
})).set;
const operation = fc.uniqueArray(fc.tuple(fc.constantFrom(...ROOTS), selection), { minLength: 1, maxLength: 2, selector: ([name]) => name }).map((roots) => `{ ${roots.map(([name, set]) => `${name} ${set}`).join(' ')} }`);

describe('joined execution', () => {
  let subgraphs: readonly TestSubgraph[];
  let router: TestRouter;
  beforeAll(async () => {
    const __resolveReference = ({ id }: Thing): Thing => ({ id });
    subgraphs = await Promise.all([
      startSubgraph({ name: 'left', sdl: `${LINK} ${ROOT} type Thing @key(fields: "id") { id: ID! ${LEFT} }`, resolvers: { Query: resolversFor(ROOT.slice(12)), Thing: { __resolveReference, ...resolversFor(LEFT) } } }),
      startSubgraph({ name: 'right', sdl: `${LINK} type Thing @key(fields: "id") { id: ID! ${RIGHT} }`, resolvers: { Thing: { __resolveReference, ...resolversFor(RIGHT) } } }),
    ]);
    router = await startTestRouter(subgraphs);
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await Promise.all(subgraphs.map((subgraph) => subgraph[Symbol.asyncDispose]()));
  });

  it('agrees with one schema on any operation and any failure', async () => {
    await fc.assert(
      fc.asyncProperty(operation, fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 13, maxLength: 29 }), async (query, fates) => {
        fate = fates;
        const answer = await router.query(query);
        const oracle = await execute({ schema: WHOLE, document: parse(query), fieldResolver: resolve });
        expect(answer.data).toEqual(JSON.parse(JSON.stringify(oracle.data)));
        expect((answer.errors?.length ?? 0) > 0).toBe((oracle.errors?.length ?? 0) > 0);
        for (const error of answer.errors ?? []) expect(leadsToNull(answer.data, error.path)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

function leadsToNull(data: unknown, path: NonNullable<QueryAnswer['errors']>[number]['path'] = []): boolean {
  let value = data;
  for (const key of path) {
    if (value === null) return true;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value === null;
}
