// Federation 2, idea by idea: each runs behind a router of its own over real subgraphs, and a case holds both the answer
// and the number of calls it took.

import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '@mib/router/test-support/router';
import { startSubgraph, type TestSubgraph } from '@mib/router/test-support/subgraph';
import type { Idea } from './idea.ts';

const here = new URL('.', import.meta.url);
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const ideas = await Promise.all(folders.map(async (name) => [name, ((await import(new URL(`${name}/${name}.js`, here).href)) as { readonly idea: Idea }).idea] as const));

describe.each(ideas)('%s', (_name, idea) => {
  let subgraphs: readonly TestSubgraph[];
  let router: TestRouter;
  beforeAll(async () => {
    subgraphs = await Promise.all(Object.entries(idea.subgraphs).map(([name, subgraph]) => startSubgraph({ name, ...subgraph })));
    router = await startTestRouter(subgraphs, {}, idea.settings);
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await Promise.all(subgraphs.map((subgraph) => subgraph[Symbol.asyncDispose]()));
  });
  beforeEach(() => subgraphs.forEach(({ requests }) => (requests.length = 0)));

  it.each(idea.cases.map((example) => [example.title, example] as const))('%s', async (_title, { query, variables, data, errors, calls }) => {
    const answer = await router.query(query, { variables });
    const shown = answer.errors?.map(({ path, extensions: { code } }) => ({ code, ...(path ? { path } : {}) }));
    expect({ data: answer.data, errors: shown ?? [] }).toEqual({ data, errors: errors === undefined ? [] : expect.arrayContaining([...errors]) });
    expect(shown?.length ?? 0).toBe(errors?.length ?? 0);
    expect(Object.fromEntries(subgraphs.filter(({ requests }) => requests.length > 0).map(({ name, requests }) => [name, requests.length]))).toEqual(calls);
  });
});
