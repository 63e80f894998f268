// Whether to send traffic here: not before the first plans are made and every subgraph has answered once. After that one
// subgraph that is down, or that a reload brought, is reported but does not take the router with it, since it serves
// everything else; only with none left it is not ready.

import { ANONYMOUS_IDENTITY } from './authenticate/identity.ts';
import type { Graph } from './graph.ts';

export interface ReadinessReport {
  readonly ready: boolean;
  readonly problems: readonly string[];
}

const PROBE = '{"query":"{__typename}"}';
const PROBE_TIMEOUT_MS = 2_000;
/** Visits in between get the last answer. */
const REPORT_LIFETIME_MS = 500;

export function createReadiness(currentGraph: () => Graph, isWarm: () => boolean): () => Promise<ReadinessReport> {
  const seen = new Set<string>();
  let hasStarted = false;
  let last: { readonly atMs: number; readonly report: Promise<ReadinessReport> } | undefined;
  const probe = async (): Promise<ReadinessReport> => {
    const down = await silentSubgraphs(currentGraph());
    const names = [...currentGraph().supergraph.subgraphUrls.keys()];
    for (const name of names) if (!down.includes(name)) seen.add(name);
    hasStarted ||= isWarm() && names.every((name) => seen.has(name));
    const problems = down.map((name) => `${name}: does not answer`);
    return { ready: hasStarted && down.length < Math.max(names.length, 1), problems: isWarm() ? problems : [...problems, 'plans are being made'] };
  };
  return () => {
    const nowMs = performance.now();
    if (!last || nowMs - last.atMs > REPORT_LIFETIME_MS) last = { atMs: nowMs, report: probe() };
    return last.report;
  };
}

async function silentSubgraphs({ supergraph, call }: Graph): Promise<readonly string[]> {
  const names = [...supergraph.subgraphUrls.keys()];
  const answers = await Promise.all(names.map((name) => call(name, { body: PROBE, repeatable: true, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }, { identity: ANONYMOUS_IDENTITY })));
  return names.filter((_, index) => answers[index]?.kind === 'failed');
}
