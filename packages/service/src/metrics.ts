// What every service counts, in Prometheus' words. Each service has a registry of its own, so several subgraphs in one
// process do not mix their figures; ids never become labels.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Health } from './health.ts';

export interface Metrics {
  readonly registry: Registry;
  /** One observation per GraphQL operation over HTTP. */
  readonly requestSeconds: Histogram<'operation' | 'outcome'>;
  readonly activeSubscriptions: Gauge;
  readonly subscriptionEvents: Counter;
}

/** The lag of the event loop is looked at this often; every 10 ms, the default, was most of what an idle process cost. */
const EVENT_LOOP_PRECISION_MS = 200;
const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  const registers = [registry];
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'mib_graphql_request_seconds', help: 'Time to answer a GraphQL request', labelNames: ['operation', 'outcome'], buckets: LATENCY_BUCKETS_SECONDS, registers,
    }),
    activeSubscriptions: new Gauge({ name: 'mib_graphql_active_subscriptions', help: 'Open GraphQL subscriptions', registers }),
    subscriptionEvents: new Counter({ name: 'mib_graphql_subscription_events_total', help: 'Events sent to GraphQL subscriptions', registers }),
  };
}

/** Shows what `/readyz` says, so that a consumer that fails raises an alert by the name of its check. */
export function watchHealth({ registry }: Pick<Metrics, 'registry'>, health: Health): void {
  const registers = [registry];
  new Gauge({ name: 'mib_ready', help: '1 while /readyz says ready', registers, collect() { this.set(health.report().ready ? 1 : 0); } });
  new Gauge({
    name: 'mib_health_problem', help: '1 per failing check of /readyz', labelNames: ['check'], registers,
    collect() {
      this.reset();
      // A problem reads `check: what is wrong`; only the name has few values.
      for (const problem of health.report().problems) this.set({ check: problem.split(':', 1)[0] ?? '' }, 1);
    },
  });
}
