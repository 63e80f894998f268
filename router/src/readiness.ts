// Whether to send traffic here: not before every subgraph has answered once. After that one subgraph that is down is
// reported but does not take the router with it, since it serves everything else; only with none left it is not ready.

import { ANONYMOUS_IDENTITY } from './authenticate/identity.ts';
import type { CallSubgraph } from './execute/run-plan.ts';

export interface ReadinessReport {
  readonly ready: boolean;
  readonly problems: readonly string[];
}

const PROBE = '{"query":"{__typename}"}';
const PROBE_TIMEOUT_MS = 2_000;
/** Visits in between get the last answer. */
const REPORT_LIFETIME_MS = 500;

export function createReadiness(subgraphs: readonly string[], call: CallSubgraph): () => Promise<ReadinessReport> {
  const seen = new Set<string>();
  let last: { readonly atMs: number; readonly report: Promise<ReadinessReport> } | undefined;
  const probe = async (): Promise<ReadinessReport> => {
    const answers = await Promise.all(subgraphs.map((name) => call(name, { body: PROBE, repeatable: true, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }, { identity: ANONYMOUS_IDENTITY })));
    const down = subgraphs.filter((_, index) => answers[index]?.kind === 'failed');
    for (const name of subgraphs) if (!down.includes(name)) seen.add(name);
    const ready = subgraphs.every((name) => seen.has(name)) && down.length < Math.max(subgraphs.length, 1);
    return { ready, problems: down.map((name) => `${name}: does not answer`) };
  };
  return () => {
    const nowMs = performance.now();
    if (!last || nowMs - last.atMs > REPORT_LIFETIME_MS) last = { atMs: nowMs, report: probe() };
    return last.report;
  };
}
