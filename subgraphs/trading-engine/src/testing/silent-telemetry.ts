import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { createTelemetry, type Telemetry } from '../telemetry.ts';

/** The real telemetry with nobody listening. */
export function silentTelemetry(): Telemetry {
  return createTelemetry(createMetrics('test'), createLogger('test', { level: 'silent' }));
}
