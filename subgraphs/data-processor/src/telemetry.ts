// One helper per business event, so counter and log never drift. Trades are counted, not logged: there are too many.

import { Counter } from 'prom-client';
import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';

export interface Telemetry {
  tradesApplied(count: number): void;
  ticksApplied(count: number, changedInstruments: number): void;
  rowsArchived(kind: 'trades' | 'candles', count: number): void;
  barsApplied(count: number, changedInstruments: number): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const trades = new Counter({ name: 'mib_processor_trades_total', help: 'Trades of the engine taken into candles', registers });
  const bars = new Counter({ name: 'mib_processor_bars_total', help: 'Imported bars taken into candles', registers });
  const ticks = new Counter({ name: 'mib_processor_ticks_total', help: 'Imported ticks taken into trades and candles', registers });
  const archived = new Counter({ name: 'mib_processor_archived_rows_total', help: 'Rows moved from PostgreSQL into files of the history', labelNames: ['kind'], registers });
  return {
    tradesApplied: (count) => trades.inc(count),
    ticksApplied: (count, changedInstruments) => {
      ticks.inc(count);
      logger.debug({ count, changedInstruments }, 'ticks applied');
    },
    rowsArchived: (kind, count) => {
      archived.inc({ kind }, count);
      logger.info({ kind, count }, 'rows moved into the history');
    },
    barsApplied: (count, changedInstruments) => {
      bars.inc(count);
      logger.debug({ count, changedInstruments }, 'bars applied');
    },
  };
}
