// What every service counts, in Prometheus' words. Each service has a registry of its own, so several subgraphs in one
// process do not mix their figures; ids never become labels.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  /** One observation per GraphQL operation over HTTP. */
  readonly requestSeconds: Histogram<'operation' | 'outcome'>;
  readonly activeSubscriptions: Gauge;
  readonly subscriptionEvents: Counter;
}

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
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
