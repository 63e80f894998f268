// Planning in threads: bounded in what waits, in how long it takes, and alive after a thread is lost.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { composeSubgraphs } from '../test-support/router.ts';
import { SupergraphRefused } from './planner-thread.ts';
import { PlannerThreads } from './planner-threads.ts';
import type { SupergraphDescription } from './supergraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const SDL = composeSubgraphs([
  { name: 'users', url: 'http://users', sdl: `${LINK} type Query { me: User } type User @key(fields: "id") { id: ID! name: String }` },
  { name: 'reviews', url: 'http://reviews', sdl: `${LINK} type User @key(fields: "id") { id: ID! reviews: [String!]! }` },
]);

describe('planner threads', () => {
  const options = { threads: 1, maxWaiting: 2, timeoutMs: 60_000 };
  let planner: PlannerThreads;
  let description: SupergraphDescription;
  beforeAll(async () => {
    ({ planner, description } = await PlannerThreads.start({ sdl: SDL }, options));
  });
  afterAll(() => planner[Symbol.asyncDispose]());

  it('say what the supergraph is', () => {
    expect(description.subgraphUrls).toEqual({ users: 'http://users', reviews: 'http://reviews' });
    expect(description.subgraphFields['reviews']?.['User']).toEqual(expect.arrayContaining(['id', 'reviews']));
    expect(description.apiSdl).toContain('reviews: [String!]!');
    expect(description.apiSdl).not.toContain('join__');
  });

  it('plan an operation', async () => {
    const plan = await planner.plan('{me{name reviews}}', []);
    expect(plan.node).toMatchObject({ kind: 'Sequence', nodes: [{ kind: 'Fetch', serviceName: 'users' }, { kind: 'Flatten', node: { serviceName: 'reviews' } }] });
  });

  it('tell what is wrong with an operation and go on', async () => {
    await expect(planner.plan('{nothing}', [])).rejects.toThrow('nothing');
    expect((await planner.plan('{me{id}}', [])).node).toMatchObject({ serviceName: 'users' });
  });

  it('validate a document that is too large to be validated between two requests', async () => {
    expect(await planner.validate('{ me { name } }')).toEqual([]);
    expect(await planner.validate('{ me { nam } }')).toEqual([{ message: expect.stringContaining('nam'), locations: [{ line: 1, column: 8 }] }]);
  });

  it('refuse what would wait behind a full queue', async () => {
    const answers = await Promise.allSettled([1, 2, 3, 4].map((n) => planner.plan(`{me{alias${n}:name}}`, [])));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(answers[3]).toMatchObject({ reason: { status: 503, errors: [{ extensions: { code: 'PLANNING_OVERLOADED' } }] } });
  });

  it('give up a plan that takes too long and plan the next in a new thread', async () => {
    options.timeoutMs = 1;
    const overdue = planner.plan(`{me{${Array.from({ length: 500 }, (_, n) => `a${n}:name b${n}:reviews`).join(' ')}}}`, []);
    await expect(overdue).rejects.toMatchObject({ status: 503, errors: [{ extensions: { code: 'PLANNING_TIMEOUT' } }] });
    options.timeoutMs = 60_000;
    expect((await planner.plan('{me{id}}', [])).node).toMatchObject({ serviceName: 'users' });
  });

  it('refuse a supergraph that cannot be served, with the reason', async () => {
    const refused = PlannerThreads.start({ sdl: 'type Query { a: Int }' }, options);
    await expect(refused).rejects.toThrow(SupergraphRefused);
    await expect(refused).rejects.toThrow('supergraph');
  });
});
