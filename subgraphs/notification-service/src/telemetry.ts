// One helper per business event, so that the counter and the log line never drift apart.

import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';
import { Counter, Gauge } from 'prom-client';

export interface Telemetry {
  evaluated(sequence: number): void;
  rulesFired(count: number): void;
  riskAlertsTaken(count: number): void;
  /** A record of risk.alerts that is none. */
  riskAlertUnreadable(offset: bigint): void;
  evaluationInterrupted(error: unknown, sequence: number): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const created = new Counter({ name: 'mib_notifications_created_total', help: 'Notifications by what made them', labelNames: ['source'], registers });
  const sequence = new Gauge({ name: 'mib_notification_evaluated_sequence', help: 'Last engine event shown to the rules', registers });
  const unreadable = new Counter({ name: 'mib_notification_unreadable_alerts_total', help: 'Records of risk.alerts that are none', registers });
  const interruptions = new Counter({ name: 'mib_notification_evaluation_interruptions_total', help: 'Times the evaluation had to start over', registers });
  return {
    evaluated: (last) => sequence.set(last),
    rulesFired(count) {
      if (count === 0) return;
      created.inc({ source: 'rule' }, count);
      logger.info({ count }, 'alert rules fired');
    },
    riskAlertsTaken(count) {
      if (count === 0) return;
      created.inc({ source: 'risk' }, count);
      logger.info({ count }, 'risk alerts passed on');
    },
    riskAlertUnreadable(offset) {
      unreadable.inc();
      logger.error({ offset: String(offset) }, 'risk alert cannot be read');
    },
    evaluationInterrupted(error, last) {
      interruptions.inc();
      logger.error({ err: error, sequence: last }, 'evaluation interrupted');
    },
  };
}
