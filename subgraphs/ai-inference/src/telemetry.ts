// One helper per business event, so that the counter and the log line never drift apart.

import { Counter } from 'prom-client';
import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';
import type { Forecast } from './domain/forecast.ts';

export interface Telemetry {
  modelsLoaded(ids: readonly string[]): void;
  forecast(forecasts: readonly Forecast[], barCount: number): void;
  liveFailed(error: unknown): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const bars = new Counter({ name: 'mib_ai_daily_bars_total', help: 'Final daily bars taken from the bus', registers });
  const forecasts = new Counter({ name: 'mib_ai_forecasts_total', help: 'Forecasts that were new or corrected', labelNames: ['model'], registers });
  return {
    modelsLoaded: (ids) => logger.info({ models: ids }, 'models loaded'),
    forecast: (changed, barCount) => {
      bars.inc(barCount);
      for (const { modelId } of changed) forecasts.inc({ model: modelId });
      logger.debug({ bars: barCount, forecasts: changed.length }, 'daily bars applied');
    },
    liveFailed: (error) => logger.error({ err: error }, 'live forecasts not read'),
  };
}
