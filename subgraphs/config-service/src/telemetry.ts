// One helper per business event, so that the counter and the log line never drift apart. Values are not logged.

import type { ClientError } from '@mib/service/errors';
import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';
import { Counter } from 'prom-client';
import type { Version } from './domain/entry.ts';

export interface Telemetry {
  changed(version: Version): void;
  refused(key: string, error: ClientError): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const changes = new Counter({ name: 'mib_config_changes_total', help: 'Versions made, by scope and kind', labelNames: ['scope', 'kind'], registers });
  const refusals = new Counter({ name: 'mib_config_refusals_total', help: 'Changes refused, by code', labelNames: ['code'], registers });
  return {
    changed({ scope, key, version, rolledBackTo, updatedBy }) {
      changes.inc({ scope, kind: rolledBackTo === null ? 'set' : 'rollback' });
      logger.info({ scope, key, version, rolledBackTo, updatedBy }, 'configuration changed');
    },
    refused(key, { code }) {
      refusals.inc({ code });
      logger.info({ key: key.slice(0, 80), code }, 'configuration change refused');
    },
  };
}
