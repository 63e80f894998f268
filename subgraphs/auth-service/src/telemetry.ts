// One helper per business event, so that the counter and the log line never drift apart. No email and no token is ever
// a field; ids are.

import { Counter } from 'prom-client';
import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';
import type { RefreshDecision } from './domain/refresh-decision.ts';

export interface Telemetry {
  registered(userId: string): void;
  loggedIn(userId: string): void;
  codeAsked(userId: string): void;
  loginRefused(reason: 'credentials' | 'rate' | 'code'): void;
  refreshed(decision: RefreshDecision, sessionId?: string): void;
  apiKeyCreated(userId: string, apiKeyId: string): void;
  maintenanceFailed(error: unknown): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const registrations = new Counter({ name: 'mib_auth_registrations_total', help: 'Users registered', registers });
  const logins = new Counter({ name: 'mib_auth_logins_total', help: 'Sign-ins by outcome', labelNames: ['outcome'], registers });
  const refreshes = new Counter({ name: 'mib_auth_refreshes_total', help: 'Refresh tokens presented by decision', labelNames: ['decision'], registers });
  const apiKeys = new Counter({ name: 'mib_auth_api_keys_created_total', help: 'API keys created', registers });
  return {
    registered: (userId) => {
      registrations.inc();
      logger.info({ userId }, 'user registered');
    },
    loggedIn: (userId) => {
      logins.inc({ outcome: 'ok' });
      logger.info({ userId }, 'signed in');
    },
    codeAsked: (userId) => {
      logins.inc({ outcome: 'code-asked' });
      logger.info({ userId }, 'second factor asked for');
    },
    loginRefused: (reason) => {
      logins.inc({ outcome: reason });
      logger.info({ reason }, 'sign-in refused');
    },
    refreshed: (decision, sessionId) => {
      refreshes.inc({ decision });
      if (decision === 'reused') logger.warn({ sessionId }, 'refresh token reused, session revoked');
    },
    apiKeyCreated: (userId, apiKeyId) => {
      apiKeys.inc();
      logger.info({ userId, apiKeyId }, 'api key created');
    },
    maintenanceFailed: (error) => logger.error({ err: error }, 'maintenance failed'),
  };
}
