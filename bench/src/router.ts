// The classic federation query through our router and its peers, over the same subgraphs: one core for the gateway, another
// for subgraphs and load; answers compared first, then runs in turn. The floor under all of them is a server that only
// sends the same fetches on.

import { createRequire } from 'node:module';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { freePort } from '@mib/testkit/free-port';
import { canPin, cpuMs, pinSelf, spawnPinned, startPinned, type Started } from './processes.ts';
import { median, row, type BenchRow } from './harness.ts';
import { QUERY, SUBGRAPHS } from './router/graph.ts';
import { load, type Load } from './router/load.ts';
import { untilAnswers } from './router/until-answers.ts';

const RUNS = 5;
const RUN_MS = 3_000;
const WARM_UP_MS = 3_000;
const CONNECTIONS = 16;
const GATEWAY_CORE = 0;
const OTHER_CORE = 1;
const BODY = JSON.stringify({ query: QUERY, operationName: 'TestQuery' });
const ROUTER = new URL('../../router/dist/main.js', import.meta.url);
/** Authentication is on; these callers are anonymous. The address of the auth service is never called for them. */
const ROUTER_ENV = { AUTH_URL: 'http://127.0.0.1:9', MIB_INTERNAL_SECRET: 'bench-secret-of-more-than-32-characters', LOG_LEVEL: 'warn' };

type Subgraphs = Started<{ readonly urls: Record<string, string> }>;

interface Side {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly bytes: number;
}

interface Run extends Load {
  readonly cpuMsPerRequest: number;
  readonly fetchesPerRequest: number;
}

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mib-bench-'));
  pinSelf(OTHER_CORE);
  const opened: Disposable[] = [];
  try {
    const subgraphs: Subgraphs = keep(opened, await startPinned(OTHER_CORE, new URL('router/subgraph-process.js', import.meta.url), []));
    const supergraph = join(folder, 'supergraph.graphql');
    await writeFile(supergraph, compose(subgraphs.ready.urls));
    const settings = join(folder, 'no-sharing.yaml');
    await writeFile(settings, 'traffic: { shareIdentical: false }\n');
    const alone = await startRouter(opened, ['--supergraph', supergraph, '--config', settings]);
    const answer = await ask(alone.url);
    const side = async (name: string, { url, pid }: Pick<Side, 'url' | 'pid'>): Promise<Side> => {
      const given = await ask(url);
      if (!isDeepStrictEqual(JSON.parse(given), JSON.parse(answer))) throw new Error(`${name} answers differently: ${given.slice(0, 200)}`);
      return { name, url, pid, bytes: Buffer.byteLength(given) };
    };
    const script = join(folder, 'fetches.json');
    await writeFile(script, JSON.stringify({ fetches: await fetchesOf(alone.url, subgraphs), answer }));
    const sides: Side[] = [
      await side('router', alone),
      await side('router, sharing identical fetches', await startRouter(opened, ['--supergraph', supergraph])),
      await side('@apollo/gateway', await startPeer(opened, 'router/apollo-process.js', [supergraph])),
      await side('Hive Gateway, JavaScript planner', await startHive(opened, supergraph, [])),
      await side('Hive Gateway, Rust planner', await startHive(opened, supergraph, ['-c', new URL('router/hive-rust-planner.js', import.meta.url).pathname])),
      await side('floor: only the fetches', await startPeer(opened, 'router/floor-process.js', [script])),
    ];
    return rowsOf(sides, await inTurn(sides, subgraphs));
  } finally {
    for (const one of opened.reverse()) one[Symbol.dispose]();
    await rm(folder, { recursive: true });
  }
}

async function inTurn(sides: readonly Side[], subgraphs: Subgraphs): Promise<ReadonlyMap<Side, readonly Run[]>> {
  const runs = new Map<Side, Run[]>(sides.map((side) => [side, []]));
  for (const side of sides) await measure(side, WARM_UP_MS, subgraphs);
  for (let index = 0; index < RUNS; index++) for (const side of sides) runs.get(side)!.push(await measure(side, RUN_MS, subgraphs));
  return runs;
}

async function measure({ url, pid, bytes }: Side, durationMs: number, subgraphs: Subgraphs): Promise<Run> {
  const [before, cpuBefore] = [await fetches(subgraphs, 'served?'), cpuMs(pid)];
  const result = await load({ url, body: BODY, connections: CONNECTIONS, durationMs, bytes });
  return { ...result, cpuMsPerRequest: (cpuMs(pid) - cpuBefore) / result.requests, fetchesPerRequest: ((await fetches(subgraphs, 'served?')).served - before.served) / result.requests };
}

interface Fetches {
  readonly served: number;
  readonly seen?: readonly { readonly url: string; readonly body: string }[];
}

function fetches({ process: subgraphs }: Subgraphs, command: 'served?' | 'watch' | 'seen?'): Promise<Fetches> {
  return new Promise((resolve) => {
    subgraphs.once('message', (message) => resolve(message as Fetches));
    subgraphs.send(command);
  });
}

/** What our router fetches for one request. */
async function fetchesOf(url: string, subgraphs: Subgraphs): Promise<NonNullable<Fetches['seen']>> {
  await fetches(subgraphs, 'watch');
  await ask(url);
  return (await fetches(subgraphs, 'seen?')).seen!;
}

function rowsOf(sides: readonly Side[], runs: ReadonlyMap<Side, readonly Run[]>): BenchRow[] {
  const [alone, sharing, ...peers] = sides as [Side, Side, ...Side[]];
  const floor = peers.pop()!;
  const of = (side: Side, value: (run: Run) => number): number => median(runs.get(side)!.map(value));
  const calls = sides.map((side) => `${side.name} ${of(side, (one) => one.fetchesPerRequest).toFixed(1)}`).join(', ');
  const note =
    `classic users/products/inventory/reviews query, ${CONNECTIONS} connections, answers equal, medians of ${RUNS} runs of ${RUN_MS / 1000} s in turn after ${WARM_UP_MS / 1000} s of warm-up each; ` +
    `${canPin ? 'gateway on one core, subgraphs (memoised answers) and load on another' : 'nothing pinned'}. Ours: as shipped, authentication on (anonymous callers), limits and metrics on, tracing off. Peers as they come: @apollo/gateway with @apollo/server standalone; Hive Gateway's CLI, which shares identical fetches. ` +
    `Not counted: TLS, logging of requests. Subgraph calls per request: ${calls}.`;
  const against = (ours: Side, peer: Side): BenchRow[] => {
    const common = { peerName: peer.name, runs: RUNS, note };
    return [
      row({ ...common, name: `${ours.name}: requests, ${peer.name}`, unit: 'req/s', better: 'higher', ours: of(ours, (one) => one.requestsPerSecond), peer: of(peer, (one) => one.requestsPerSecond) }),
      row({ ...common, name: `${ours.name}: p50, ${peer.name}`, unit: 'ms', better: 'lower', ours: of(ours, (one) => one.p50Ms), peer: of(peer, (one) => one.p50Ms) }),
      row({ ...common, name: `${ours.name}: p99, ${peer.name}`, unit: 'ms', better: 'lower', ours: of(ours, (one) => one.p99Ms), peer: of(peer, (one) => one.p99Ms) }),
      row({ ...common, name: `${ours.name}: CPU, ${peer.name}`, unit: 'ms/req', better: 'lower', ours: of(ours, (one) => one.cpuMsPerRequest), peer: of(peer, (one) => one.cpuMsPerRequest) }),
    ];
  };
  return [...peers.flatMap((peer) => against(alone, peer)), ...peers.flatMap((peer) => against(sharing, peer)), ...against(alone, floor)];
}

async function startRouter(opened: Disposable[], args: readonly string[]): Promise<Pick<Side, 'url' | 'pid'>> {
  const router = keep(opened, await startPinned<{ readonly url: string }>(GATEWAY_CORE, ROUTER, [...args, '--port', '0'], ROUTER_ENV));
  return { url: `${router.ready.url}/graphql`, pid: router.process.pid! };
}

async function startPeer(opened: Disposable[], file: string, args: readonly string[]): Promise<Pick<Side, 'url' | 'pid'>> {
  const peer = keep(opened, await startPinned<{ readonly url: string }>(GATEWAY_CORE, new URL(file, import.meta.url), args));
  return { url: peer.ready.url, pid: peer.process.pid! };
}

async function startHive(opened: Disposable[], supergraph: string, args: readonly string[]): Promise<Pick<Side, 'url' | 'pid'>> {
  const port = await freePort();
  const entry = new URL('bin.js', `file://${createRequire(import.meta.url).resolve('@graphql-hive/gateway')}`);
  const hive = keep(opened, spawnPinned(GATEWAY_CORE, entry, ['supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port), ...args]));
  const url = `http://127.0.0.1:${port}/graphql`;
  await untilAnswers(url);
  return { url, pid: hive.process.pid! };
}

function keep<One extends Disposable>(opened: Disposable[], one: One): One {
  opened.push(one);
  return one;
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
