// One helper per business event, so counter and log never drift. Trades are counted, not logged: there are too many.

import { Counter } from 'prom-client';
import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';

export interface Telemetry {
  tradesApplied(count: number): void;
  barsApplied(count: number, changedInstruments: number): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const trades = new Counter({ name: 'mib_processor_trades_total', help: 'Trades of the engine taken into candles', registers });
  const bars = new Counter({ name: 'mib_processor_bars_total', help: 'Imported bars taken into candles', registers });
  return {
    tradesApplied: (count) => trades.inc(count),
    barsApplied: (count, changedInstruments) => {
      bars.inc(count);
      logger.debug({ count, changedInstruments }, 'bars applied');
    },
  };
}
