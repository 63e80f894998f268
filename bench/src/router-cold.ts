// What a flood of new operations does to the traffic that is hot: both gateways on one core, with planner thread and all.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { median, row, type BenchRow } from './harness.ts';
import { SUBGRAPHS } from './router/graph.ts';
import { canPin, pinSelf, startPinned } from './processes.ts';
import { coldOperation, HOT } from './router-cold/operations.ts';
import type { PlanCost } from './router-cold/plan-cost-process.ts';
import { flood, hotTraffic, type Hot } from './router-cold/traffic.ts';

const RUNS = 3;
const RUN_MS = 4_000;
const HOT_PER_SECOND = 50;
const FLOOD_CONNECTIONS = 8;
const GATEWAY_CORE = 0;
const OTHER_CORE = 1;
const BODY = JSON.stringify({ query: HOT });

interface Run {
  readonly quiet: Hot;
  readonly flooded: Hot;
  readonly coldPerSecond: number;
}

export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mib-bench-'));
  pinSelf(OTHER_CORE);
  try {
    using subgraphs = await startPinned<{ readonly urls: Record<string, string> }>(OTHER_CORE, new URL('router/subgraph-process.js', import.meta.url), []);
    const supergraph = join(folder, 'supergraph.graphql');
    await writeFile(supergraph, compose(subgraphs.ready.urls));
    using apollo = await startPinned<{ readonly url: string }>(GATEWAY_CORE, new URL('router/apollo-process.js', import.meta.url), [supergraph]);
    using router = await startPinned<{ readonly url: string }>(GATEWAY_CORE, new URL('../../router/dist/main.js', import.meta.url), ['--supergraph', supergraph, '--port', '0'], { LOG_LEVEL: 'warn' });
    const [ours, peer]: [Run[], Run[]] = [[], []];
    for (let index = -1; index < RUNS; index++) {
      const pair = [await measure(`${router.ready.url}/graphql`), await measure(apollo.ready.url)] as const;
      if (index < 0) continue; // warm-up
      ours.push(pair[0]);
      peer.push(pair[1]);
    }
    const cost = await planCost(supergraph);
    return [...rowsOf(ours, peer), ...costRows(cost)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(url: string): Promise<Run> {
  const answer = await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY })).text();
  const hot = (): Promise<Hot> => hotTraffic({ url, body: BODY, answer: answer.trimEnd(), perSecond: HOT_PER_SECOND, durationMs: RUN_MS });
  const quiet = await hot();
  const cold = flood(url, FLOOD_CONNECTIONS, coldOperation);
  const flooded = await hot();
  const { answered } = await cold.stop();
  return { quiet, flooded, coldPerSecond: (answered / RUN_MS) * 1000 };
}

async function planCost(supergraph: string): Promise<PlanCost> {
  using child = await startPinned<PlanCost>(GATEWAY_CORE, new URL('router-cold/plan-cost-process.js', import.meta.url), [supergraph], { NODE_OPTIONS: '--expose-gc' });
  return child.ready;
}

function rowsOf(ours: readonly Run[], peer: readonly Run[]): BenchRow[] {
  const pick = (runs: readonly Run[], value: (run: Run) => number): number => median(runs.map(value));
  const note =
    `${HOT_PER_SECOND} requests a second of one known operation, timed from when each was due; the flood is ${FLOOD_CONNECTIONS} connections that ask new operations one after another; ` +
    `${RUNS} alternated runs of ${RUN_MS / 1000} s; ${canPin ? 'gateway with its planner thread on one core, subgraphs and load on another' : 'nothing pinned'}.`;
  const common = { peerName: '@apollo/gateway', runs: RUNS, note };
  return [
    row({ ...common, name: 'hot p99, no flood', unit: 'ms', better: 'lower', ours: pick(ours, (one) => one.quiet.p99Ms), peer: pick(peer, (one) => one.quiet.p99Ms) }),
    row({ ...common, name: 'hot p50 in the flood', unit: 'ms', better: 'lower', ours: pick(ours, (one) => one.flooded.p50Ms), peer: pick(peer, (one) => one.flooded.p50Ms) }),
    row({ ...common, name: 'hot p99 in the flood', unit: 'ms', better: 'lower', ours: pick(ours, (one) => one.flooded.p99Ms), peer: pick(peer, (one) => one.flooded.p99Ms) }),
    row({ ...common, name: 'new operations', unit: 'answers/s', better: 'higher', ours: pick(ours, (one) => one.coldPerSecond), peer: pick(peer, (one) => one.coldPerSecond) }),
  ];
}

function costRows({ planMs, compiledBytes, plannedBytes }: PlanCost): BenchRow[] {
  const note = `200 variants of one operation over four subgraphs, on one core; a plan took ${planMs.toFixed(1)} ms in the planner, which both sides share. Heap kept for each: our compiled plan, and the plan as Apollo's planner makes it.`;
  return [row({ name: 'memory per cached plan', peerName: "Apollo's plan", unit: 'KB', better: 'lower', runs: 1, note, ours: compiledBytes / 1000, peer: plannedBytes / 1000 })];
}

function compose(urls: Record<string, string>): string {
  const { supergraphSdl, errors } = composeServices(SUBGRAPHS.map(({ name, sdl }) => ({ name, url: urls[name]!, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}
