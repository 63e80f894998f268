// The classic federation query through our router and through @apollo/gateway, over the same subgraphs: one core for the
// gateway, another for subgraphs and load, answers compared, runs alternated.

import { isDeepStrictEqual } from 'node:util';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { median, row, type BenchRow } from './harness.ts';
import { QUERY, SUBGRAPHS } from './federation/graph.ts';
import { load, type Load } from './federation/load.ts';
import { canPin, cpuMs, pinSelf, startPinned, type Started } from './federation/processes.ts';

const RUNS = 5;
const RUN_MS = 4_000;
const WARM_UP_MS = 4_000;
const CONNECTIONS = 16;
const GATEWAY_CORE = 0;
const OTHER_CORE = 1;
const BODY = JSON.stringify({ query: QUERY, operationName: 'TestQuery' });

interface Side {
  readonly url: string;
  readonly process: Started<unknown>['process'];
  readonly bytes: number;
}

interface Run extends Load {
  readonly cpuMsPerRequest: number;
  readonly fetchesPerRequest: number;
}

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mib-bench-'));
  pinSelf(OTHER_CORE);
  try {
    using subgraphs = await startPinned<{ readonly urls: Record<string, string> }>(OTHER_CORE, new URL('federation/subgraph-process.js', import.meta.url), []);
    const supergraph = join(folder, 'supergraph.graphql');
    await writeFile(supergraph, compose(subgraphs.ready.urls));
    using apollo = await startPinned<{ readonly url: string }>(GATEWAY_CORE, new URL('federation/apollo-process.js', import.meta.url), [supergraph]);
    // Authentication is on; these callers are anonymous. The address of the auth service is never called for them.
    const env = { AUTH_URL: 'http://127.0.0.1:9', MIB_INTERNAL_SECRET: 'bench-secret-of-more-than-32-characters', LOG_LEVEL: 'warn' };
    using router = await startPinned<{ readonly url: string }>(GATEWAY_CORE, new URL('../../router/dist/main.js', import.meta.url), ['--supergraph', supergraph, '--port', '0'], env);
    const [oursUrl, peerUrl] = [`${router.ready.url}/graphql`, apollo.ready.url];
    const answers = await Promise.all([oursUrl, peerUrl].map(ask));
    if (!isDeepStrictEqual(JSON.parse(answers[0]!), JSON.parse(answers[1]!))) throw new Error('the two gateways answer differently');
    const ours: Side = { url: oursUrl, process: router.process, bytes: Buffer.byteLength(answers[0]!) };
    const peer: Side = { url: peerUrl, process: apollo.process, bytes: Buffer.byteLength(answers[1]!) };
    return rowsOf(...(await alternate(ours, peer, subgraphs.process)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function alternate(ours: Side, peer: Side, subgraphs: Started<unknown>['process']): Promise<[readonly Run[], readonly Run[]]> {
  for (const side of [ours, peer]) await measure(side, WARM_UP_MS, subgraphs);
  const [ourRuns, peerRuns]: [Run[], Run[]] = [[], []];
  for (let index = 0; index < RUNS; index++) {
    ourRuns.push(await measure(ours, RUN_MS, subgraphs));
    peerRuns.push(await measure(peer, RUN_MS, subgraphs));
  }
  return [ourRuns, peerRuns];
}

async function measure({ url, process: gateway, bytes }: Side, durationMs: number, subgraphs: Started<unknown>['process']): Promise<Run> {
  const [fetchesBefore, cpuBefore] = [await served(subgraphs), cpuMs(gateway.pid!)];
  const result = await load({ url, body: BODY, connections: CONNECTIONS, durationMs, bytes });
  return { ...result, cpuMsPerRequest: (cpuMs(gateway.pid!) - cpuBefore) / result.requests, fetchesPerRequest: ((await served(subgraphs)) - fetchesBefore) / result.requests };
}

function served(subgraphs: Started<unknown>['process']): Promise<number> {
  return new Promise((resolve) => {
    subgraphs.once('message', (message) => resolve((message as { served: number }).served));
    subgraphs.send('served?');
  });
}

function rowsOf(ours: readonly Run[], peer: readonly Run[]): BenchRow[] {
  const pick = (runs: readonly Run[], value: (run: Run) => number): number => median(runs.map(value));
  const fetches = (runs: readonly Run[]): string => pick(runs, (one) => one.fetchesPerRequest).toFixed(1);
  const note =
    `classic users/products/inventory/reviews query, ${CONNECTIONS} connections, answers equal, ${RUNS} alternated runs of ${RUN_MS / 1000} s after ${WARM_UP_MS / 1000} s of warm-up; ` +
    `${canPin ? 'gateway on one core, subgraphs and load on another' : 'nothing pinned'}. Ours: as shipped, authentication on (anonymous callers), limits and metrics on, no in-flight de-duplication. ` +
    `Peer: @apollo/gateway + @apollo/server standalone, defaults. Subgraph calls per request: ours ${fetches(ours)}, peer ${fetches(peer)}.`;
  const common = { peerName: '@apollo/gateway', runs: RUNS, note };
  return [
    row({ ...common, name: 'throughput', unit: 'req/s', better: 'higher', ours: pick(ours, (one) => one.requestsPerSecond), peer: pick(peer, (one) => one.requestsPerSecond) }),
    row({ ...common, name: 'p50', unit: 'ms', better: 'lower', ours: pick(ours, (one) => one.p50Ms), peer: pick(peer, (one) => one.p50Ms) }),
    row({ ...common, name: 'p99', unit: 'ms', better: 'lower', ours: pick(ours, (one) => one.p99Ms), peer: pick(peer, (one) => one.p99Ms) }),
    row({ ...common, name: 'gateway CPU', unit: 'ms/req', better: 'lower', ours: pick(ours, (one) => one.cpuMsPerRequest), peer: pick(peer, (one) => one.cpuMsPerRequest) }),
  ];
}

function compose(urls: Record<string, string>): string {
  const { supergraphSdl, errors } = composeServices(SUBGRAPHS.map(({ name, sdl }) => ({ name, url: urls[name]!, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: BODY });
  return response.text();
}
