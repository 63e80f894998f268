// A router over test subgraphs, in this process on a free port.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { readRouterConfig } from '../config.ts';
import { PlannerThreads } from '../plan/planner-threads.ts';
import { startRouter } from '../router.ts';
import { openPlannerHere } from './planner-here.ts';
import type { TestSubgraph } from './subgraph.ts';

export interface TestRouter extends AsyncDisposable {
  readonly url: string;
  readonly supergraph: string;
  /** POSTs an operation and returns the parsed answer. */
  query(query: string, options?: { readonly variables?: unknown; readonly headers?: Record<string, string> }): Promise<QueryAnswer>;
}

export interface QueryAnswer {
  readonly status: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: { readonly code: string; readonly serviceName?: string } }[];
}

export function composeSubgraphs(subgraphs: readonly Pick<TestSubgraph, 'name' | 'url' | 'sdl'>[]): string {
  const { supergraphSdl, errors } = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

/** @param settings - the settings file's content; with `planning` in it there are planner threads. */
export async function startTestRouter(subgraphs: readonly TestSubgraph[], env: NodeJS.ProcessEnv = {}, settings: object = {}): Promise<TestRouter> {
  const supergraph = composeSubgraphs(subgraphs);
  const folder = await mkdtemp(join(tmpdir(), 'mib-router-'));
  const file = join(folder, 'supergraph.graphql');
  const settingsFile = join(folder, 'router.json');
  await Promise.all([writeFile(file, supergraph), writeFile(settingsFile, JSON.stringify(settings))]);
  const router = await startRouter(readRouterConfig({ PORT: '0', SUPERGRAPH: file, LOG_LEVEL: 'silent', ROUTER_CONFIG: settingsFile, ...env }, []), 'planning' in settings ? PlannerThreads.start : openPlannerHere);
  return {
    url: router.url,
    supergraph,
    async query(query, { variables, headers } = {}) {
      const response = await fetch(`${router.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }) });
      return { status: response.status, ...((await response.json()) as Omit<QueryAnswer, 'status'>) };
    },
    async [Symbol.asyncDispose]() {
      await router[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
