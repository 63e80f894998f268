// What an event costs that is joined over two subgraphs and delivered to many clients: CPU time of our router and of Hive
// Gateway, in turn, over the same subgraphs. The gateway has one core, subgraphs and clients the other. The next event
// happens once every client has had the one before, so nobody drops or coalesces any.

import { createRequire } from 'node:module';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { freePort } from '@mib/testkit/free-port';
import { canPin, cpuMs, pinSelf, residentKib, spawnPinned, startPinned, type Started } from './processes.ts';
import { Clients } from './fan-out/clients.ts';
import { SDL } from './fan-out/graph.ts';
import { median, row, type BenchRow } from './harness.ts';
import { untilAnswers } from './router/until-answers.ts';

const GATEWAY_CORE = 0;
const OTHER_CORE = 1;
const WARM_UP_EVENTS = 100;
/** By number of clients: enough for some seconds of CPU on either side over all runs. */
const CASES = [
  { clients: 100, events: 300, peerEvents: 40, runs: 5, barUs: 30 },
  { clients: 1_000, events: 60, peerEvents: 5, runs: 3, barUs: 15 },
] as const;
const READY_MS = 60_000;

interface Side {
  readonly url: string;
  readonly pid: number;
}

type Subgraphs = Started<{ readonly urls: Record<string, string> }>;

/** @param chosen - numbers of clients, of those in CASES; none means all. */
export async function run(chosen: readonly string[]): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mib-bench-'));
  pinSelf(OTHER_CORE);
  try {
    using subgraphs: Subgraphs = await startPinned(OTHER_CORE, new URL('fan-out/subgraph-process.js', import.meta.url), []);
    const supergraph = join(folder, 'supergraph.graphql');
    await writeFile(supergraph, compose(subgraphs.ready.urls));
    // Authentication is on; these callers are anonymous. The address of the auth service is never called for them.
    const env = { AUTH_URL: 'http://127.0.0.1:9', MIB_INTERNAL_SECRET: 'bench-secret-of-more-than-32-characters', LOG_LEVEL: 'warn' };
    using router = await startPinned<{ readonly url: string }>(GATEWAY_CORE, new URL('../../router/dist/main.js', import.meta.url), ['--supergraph', supergraph, '--port', '0'], env);
    const port = await freePort();
    using hive = spawnPinned(GATEWAY_CORE, hiveEntry(), ['supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port), '-c', new URL('fan-out/hive-config.js', import.meta.url).pathname]);
    const ours: Side = { url: `${router.ready.url}/graphql`, pid: router.process.pid! };
    const peer: Side = { url: `http://127.0.0.1:${port}/graphql`, pid: hive.process.pid! };
    await untilAnswers(peer.url);
    const rows: BenchRow[] = [];
    for (const one of CASES) if (chosen.length === 0 || chosen.includes(String(one.clients))) rows.push(...(await compare({ ours, peer, subgraphs, ...one })));
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Comparison {
  readonly ours: Side;
  readonly peer: Side;
  readonly subgraphs: Subgraphs;
  readonly clients: number;
  readonly events: number;
  readonly peerEvents: number;
  readonly runs: number;
  readonly barUs: number;
}

async function compare({ ours, peer, subgraphs, clients, events, peerEvents, runs, barUs }: Comparison): Promise<BenchRow[]> {
  const [ourRuns, peerRuns]: [Run[], Run[]] = [[], []];
  for (let index = 0; index < runs; index++) {
    ourRuns.push(await measure(ours, subgraphs, clients, events));
    peerRuns.push(await measure(peer, subgraphs, clients, peerEvents));
    console.log(`run ${index + 1} of ${runs}, ${clients} clients: ours ${ourRuns[index]!.usPerDelivery.toFixed(1)} us, peer ${peerRuns[index]!.usPerDelivery.toFixed(1)} us per delivery`);
  }
  const upstream = Math.max(...ourRuns.map((one) => one.upstream));
  if (upstream !== 1) throw new Error(`our router opened ${upstream} upstream subscriptions for identical ones`);
  const us = (runs: readonly Run[]): number => median(runs.map((one) => one.usPerDelivery));
  const shown = (value: (run: Run) => number): string => `ours ${median(ourRuns.map(value))}, peer ${median(peerRuns.map(value))}`;
  const note =
    `${clients} clients on as many graphql-transport-ws sockets, the same subscription, each event joined over two subgraphs; CPU time (user and system) of the gateway per event and client, ` +
    `medians of ${runs} alternated runs of ${events} (ours) and ${peerEvents} (peer) events; every event of every client compared to the byte; ` +
    `${canPin ? 'gateway on one core, subgraphs and clients on another' : 'nothing pinned'}. Ours: as shipped, authentication (anonymous callers), limits and metrics on. Peer: Hive Gateway's CLI, JavaScript planner, subgraph subscriptions over WebSocket. ` +
    `Upstream subscriptions: ${shown((one) => one.upstream)}. Subgraph fetches per event: ${shown((one) => one.fetchesPerEvent)}.`;
  const common = { unit: 'us/delivery', better: 'lower', runs, note } as const;
  return [
    row({ ...common, name: `fan-out to ${clients}`, peerName: 'Hive Gateway', ours: us(ourRuns), peer: us(peerRuns) }),
    row({ ...common, name: `fan-out to ${clients}, bar`, peerName: `bar of ${barUs} us`, ours: us(ourRuns), peer: barUs }),
    row({
      ...common, name: `memory of one of ${clients} idle subscriptions`, peerName: 'Hive Gateway', unit: 'KiB',
      note: `growth of the gateway's resident memory from no client to ${clients} that wait for an event, by client, the largest of the ${runs} runs of each side: later ones find memory already taken; sockets' kernel memory is not in it`,
      ours: Math.max(...ourRuns.map((one) => one.kibPerClient)), peer: Math.max(...peerRuns.map((one) => one.kibPerClient)),
    }),
  ];
}

interface Run {
  readonly usPerDelivery: number;
  readonly upstream: number;
  readonly fetchesPerEvent: number;
  readonly kibPerClient: number;
}

async function measure(side: Side, subgraphs: Subgraphs, count: number, events: number): Promise<Run> {
  const residentBefore = residentKib(side.pid);
  using clients = await Clients.connect(side.url, count);
  let sequence = await untilAllListen(clients, subgraphs, count);
  const kibPerClient = (residentKib(side.pid) - residentBefore) / count;
  const emit = async (number: number): Promise<void> => {
    const delivered = clients.all(number);
    subgraphs.process.send({ emit: number });
    await delivered;
  };
  const warmUp = Math.min(WARM_UP_EVENTS, events);
  for (let index = 0; index < warmUp; index++) await emit(++sequence);
  const [before, cpuBefore] = [await counts(subgraphs), cpuMs(side.pid)];
  for (let index = 0; index < events; index++) await emit(++sequence);
  const [after, cpuAfter] = [await counts(subgraphs), cpuMs(side.pid)];
  clients[Symbol.dispose]();
  await untilNobodyListens(subgraphs);
  return { usPerDelivery: ((cpuAfter - cpuBefore) * 1000) / (events * count), upstream: after.open, fetchesPerEvent: (after.fetches - before.fetches) / events, kibPerClient };
}

/** Events until every client has had the newest: nobody can ask a gateway whether a subscription has begun. */
async function untilAllListen(clients: Clients, subgraphs: Subgraphs, count: number): Promise<number> {
  const deadlineMs = performance.now() + READY_MS;
  for (let sequence = 1; performance.now() < deadlineMs; sequence++) {
    subgraphs.process.send({ emit: sequence });
    for (let polls = 0; polls < 50 + count / 4; polls++) {
      await sleep(20);
      if (clients.reached(sequence) === count) return sequence;
    }
  }
  throw new Error('not every client was subscribed in time');
}

async function untilNobodyListens(subgraphs: Subgraphs): Promise<void> {
  while ((await counts(subgraphs)).open > 0) await sleep(20);
}

function counts({ process: subgraphs }: Subgraphs): Promise<{ readonly open: number; readonly fetches: number }> {
  return new Promise((resolve) => {
    subgraphs.once('message', (message) => resolve(message as { open: number; fetches: number }));
    subgraphs.send({ count: true });
  });
}

function hiveEntry(): URL {
  return new URL('bin.js', `file://${createRequire(import.meta.url).resolve('@graphql-hive/gateway')}`);
}

function compose(urls: Record<string, string>): string {
  const { supergraphSdl, errors } = composeServices(Object.entries(SDL).map(([name, sdl]) => ({ name, url: urls[name]!, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}
