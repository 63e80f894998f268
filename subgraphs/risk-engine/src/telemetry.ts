// One helper per business event, so that the counter and the log line never drift apart.

import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';
import { Counter, Gauge } from 'prom-client';
import type { NewAlert } from './domain/alert.ts';

export interface Telemetry {
  enforced(kind: string, accountNumber: number): void;
  enforcementPostponed(error: unknown, kind: string, accountNumber: number): void;
  reconciliationPostponed(error: unknown): void;
  projected(sequence: number): void;
  projectionInterrupted(error: unknown, sequence: number): void;
  /** Accounts whose risk was looked at on the stream, and the alerts that came of it. */
  watched(accounts: number, alerts: readonly NewAlert[]): void;
  watchPostponed(error: unknown): void;
  liveFailed(error: unknown): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const enforcements = new Counter({ name: 'mib_risk_enforcements_total', help: 'Versions that the engine confirmed or did not', labelNames: ['kind', 'outcome'], registers });
  const sequence = new Gauge({ name: 'mib_risk_projected_sequence', help: 'Last engine event applied', registers });
  const interruptions = new Counter({ name: 'mib_risk_projection_interruptions_total', help: 'Times the projection had to start over', registers });
  const evaluations = new Counter({ name: 'mib_risk_evaluations_total', help: 'Accounts evaluated on the stream', registers });
  const alerts = new Counter({ name: 'mib_risk_alerts_total', help: 'Alerts raised by leverage or value at risk', labelNames: ['metric'], registers });
  return {
    enforced(kind, accountNumber) {
      enforcements.inc({ kind, outcome: 'confirmed' });
      logger.info({ kind, accountNumber }, 'engine enforces the newest version');
    },
    enforcementPostponed(error, kind, accountNumber) {
      enforcements.inc({ kind, outcome: 'postponed' });
      logger.warn({ err: error, kind, accountNumber }, 'engine will be told again');
    },
    reconciliationPostponed: (error) => logger.warn({ err: error }, 'engine could not be asked what it enforces'),
    projected: (last) => sequence.set(last),
    projectionInterrupted(error, last) {
      interruptions.inc();
      logger.error({ err: error, sequence: last }, 'projection interrupted');
    },
    watched(accounts, raised) {
      evaluations.inc(accounts);
      for (const { accountNumber, metric, level, observed, limit } of raised) {
        alerts.inc({ metric });
        logger.warn({ accountNumber, metric, level, observed, limit }, 'risk alert');
      }
    },
    watchPostponed: (error) => logger.warn({ err: error }, 'risk will be evaluated again'),
    liveFailed: (error) => logger.error({ err: error }, 'live rows could not be read'),
  };
}
