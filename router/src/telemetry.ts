// What the router counts and logs; counter and log line of one event live in one place, so they never drift.

import { Counter, Gauge } from 'prom-client';
import type { Logger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import type { CircuitState } from './execute/circuit-breaker.ts';
import { CALLER_GONE, type SubgraphAnswer } from './execute/subgraph-client.ts';
import { CacheTally } from './observe/cache-tally.ts';
import { STAGES } from './observe/observation.ts';
import type { SeenOperation } from './observe/observer.ts';
import { SeriesHistogram } from './observe/series-histogram.ts';
import type { OnExported } from './observe/tracing.ts';
import type { Changes } from './reload/describe-changes.ts';
import { ROUTER_ERROR_CODES } from './respond/graph-error.ts';
import type { Outcome } from './transport/graphql-http.ts';

export interface Telemetry {
  readonly registry: ReturnType<typeof createMetrics>['registry'];
  readonly answered: (outcome: Outcome) => void;
  /** Once per operation, also over WebSockets. */
  readonly operated: (operation: SeenOperation) => void;
  readonly exported: OnExported;
  /** Counted by the caches themselves, shown at scrape time. */
  readonly tallies: { readonly documents: CacheTally; readonly plans: CacheTally };
  readonly fetched: (serviceName: string, answer: SubgraphAnswer, seconds: number) => void;
  readonly cost: (kind: 'estimated' | 'actual', cost: number) => void;
  readonly retried: (serviceName: string) => void;
  readonly circuit: (serviceName: string, state: CircuitState) => void;
  /** Rate limits cannot be counted. */
  readonly cacheAway: (error: unknown) => void;
  readonly watchLoad: (load: { readonly inFlight: number }) => void;
  readonly delivered: (members: number) => void;
  readonly fault: (error: unknown) => void;
  readonly planningFailed: (error: unknown, operation: string) => void;
  readonly reloaded: (changes: Changes) => void;
  readonly reloadRefused: (error: unknown) => void;
  /** Reads the hub's figures at scrape time. */
  readonly watchHub: (hub: { readonly clientStreams: number; readonly upstreamStreams: number }) => void;
}

const FETCH_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const OPERATION_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const STAGE_BUCKETS_SECONDS = [0.00001, 0.0001, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5];
const COST_BUCKETS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
const KNOWN_CODES: ReadonlySet<string> = new Set(ROUTER_ERROR_CODES);
const CIRCUIT_VALUES: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };
const SHOWN_OPERATION_CHARACTERS = 500;

export function createTelemetry(logger: Logger): Telemetry {
  const { registry, requestSeconds, subscriptionEvents } = createMetrics('router');
  const registers = [registry];
  const fetchSeconds = new SeriesHistogram({
    name: 'mib_router_subgraph_fetch_seconds', help: 'Time of one fetch from a subgraph', labelNames: ['subgraph', 'outcome'], buckets: FETCH_BUCKETS_SECONDS, registers,
  });
  const operationSeconds = new SeriesHistogram({
    name: 'mib_router_operation_seconds', help: 'Time of one operation in the pipeline, by the name of a trusted document', labelNames: ['operation', 'outcome'], buckets: OPERATION_BUCKETS_SECONDS, registers,
  });
  const refusals = new Counter({ name: 'mib_router_refusals_total', help: 'Operations refused in the pipeline', labelNames: ['code'], registers });
  const stageSeconds = new SeriesHistogram({ name: 'mib_router_stage_seconds', help: 'Time of one stage of the pipeline', labelNames: ['stage'], buckets: STAGE_BUCKETS_SECONDS, registers });
  const spans = new Counter({ name: 'mib_router_spans_exported_total', help: 'Spans sent to the collector', labelNames: ['outcome'], registers });
  const tallies = { documents: new CacheTally(), plans: new CacheTally() };
  new Counter({
    name: 'mib_router_cache_lookups_total', help: 'Lookups in the caches of documents and plans', labelNames: ['cache', 'outcome'], registers,
    collect() {
      this.reset();
      for (const [cache, { hits, misses }] of Object.entries(tallies)) {
        this.inc({ cache, outcome: 'hit' }, hits);
        this.inc({ cache, outcome: 'miss' }, misses);
      }
    },
  });
  const reloads = new Counter({ name: 'mib_router_reloads_total', help: 'Reloads of the supergraph', labelNames: ['outcome'], registers });
  const costs = new SeriesHistogram({ name: 'mib_router_operation_cost', help: 'Cost of operations, estimated before and actual after', labelNames: ['kind'], buckets: COST_BUCKETS, registers });
  const retries = new Counter({ name: 'mib_router_subgraph_retries_total', help: 'Fetches sent again', labelNames: ['subgraph'], registers });
  const circuits = new Gauge({ name: 'mib_router_circuit_state', help: '0 closed, 1 half-open, 2 open', labelNames: ['subgraph'], registers });
  const uncounted = new Counter({ name: 'mib_router_rate_limits_uncounted_total', help: 'Rate limits that the cache did not answer', registers });
  const faults = new Counter({ name: 'mib_router_faults_total', help: 'Requests that hit a bug of the router', registers });
  return {
    registry,
    answered: ({ kind, code, seconds }) => requestSeconds.observe({ operation: kind, outcome: code }, seconds),
    operated: ({ label, outcome, code, ms, stagesMs }) => {
      // A subgraph that refuses a subscription does so with a code of its own.
      if (code !== undefined) refusals.inc({ code: KNOWN_CODES.has(code) ? code : 'OTHER' });
      operationSeconds.record(ms / 1000, label, outcome);
      for (const stage of STAGES) {
        const stageMs = stagesMs[stage];
        if (stageMs !== undefined) stageSeconds.record(stageMs / 1000, stage);
      }
    },
    exported: (outcome, count, error) => {
      spans.inc({ outcome }, count);
      if (outcome === 'failed') logger.warn({ reason: error?.message, count }, 'spans were not sent');
    },
    tallies,
    fetched: (subgraph, answer, seconds) => {
      const outcome = answer.kind === 'failed' ? answer.code : answer.errors.length > 0 ? 'errors' : 'ok';
      fetchSeconds.record(seconds, subgraph, outcome);
      // A client that hangs up is no fault of the subgraph.
      if (answer.kind === 'failed' && answer.reason !== CALLER_GONE) logger.warn({ subgraph, code: answer.code, reason: answer.reason }, 'subgraph fetch failed');
    },
    cost: (kind, cost) => costs.record(cost, kind),
    retried: (subgraph) => retries.inc({ subgraph }),
    circuit: (subgraph, state) => {
      circuits.set({ subgraph }, CIRCUIT_VALUES[state]);
      logger.warn({ subgraph, state }, 'circuit of a subgraph');
    },
    cacheAway: (error) => {
      uncounted.inc();
      logger.warn({ err: error }, 'rate limits are not counted');
    },
    watchLoad: (load) => void new Gauge({ name: 'mib_router_operations_in_flight', help: 'Queries and mutations under way', registers, collect() { this.set(load.inFlight); } }),
    delivered: (members) => subscriptionEvents.inc(members),
    fault: (error) => {
      faults.inc();
      logger.error({ err: error }, 'request failed on a bug');
    },
    planningFailed: (error, operation) => logger.error({ err: error, operation: operation.slice(0, SHOWN_OPERATION_CHARACTERS) }, 'planning failed'),
    reloaded: (changes) => {
      reloads.inc({ outcome: 'ok' });
      logger.info(changes, 'supergraph reloaded');
    },
    reloadRefused: (error) => {
      reloads.inc({ outcome: 'refused' });
      logger.error({ err: error }, 'supergraph refused, the old one goes on');
    },
    watchHub: (hub) => {
      new Gauge({ name: 'mib_router_client_streams', help: 'Subscriptions of clients', registers, collect() { this.set(hub.clientStreams); } });
      new Gauge({ name: 'mib_router_upstream_streams', help: 'Subscriptions to subgraphs', registers, collect() { this.set(hub.upstreamStreams); } });
    },
  };
}
