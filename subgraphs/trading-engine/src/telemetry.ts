// One helper per business event, so that the counter and the log line never drift apart.

import type { Logger } from '@mib/service/logger';
import type { Metrics } from '@mib/service/metrics';
import { Counter, Gauge } from 'prom-client';
import type { OrderRow } from './domain/order.ts';

export interface Telemetry {
  /** An order has got its first answer, denied ones included. */
  orderAnswered(order: OrderRow, replayed: boolean): void;
  accountOpened(accountId: string): void;
  accountPostponed(error: unknown, accountId?: string): void;
  projected(sequence: number): void;
  projectionInterrupted(error: unknown, sequence: number): void;
}

export function createTelemetry(metrics: Metrics, logger: Logger): Telemetry {
  const registers = [metrics.registry];
  const orders = new Counter({ name: 'mib_trading_orders_total', help: 'placeOrder answers by outcome', labelNames: ['outcome'], registers });
  const accounts = new Counter({ name: 'mib_trading_accounts_opened_total', help: 'Accounts opened', registers });
  const sequence = new Gauge({ name: 'mib_trading_projected_sequence', help: 'Last engine event applied', registers });
  const interruptions = new Counter({ name: 'mib_trading_projection_interruptions_total', help: 'Times the projection had to start over', registers });
  return {
    orderAnswered({ id, status, denyCode, accountNumber }, replayed) {
      orders.inc({ outcome: replayed ? 'replayed' : status === 'DENIED' ? 'denied' : 'accepted' });
      if (status === 'DENIED') logger.info({ orderId: id, accountNumber, code: denyCode, replayed }, 'order denied');
      else logger.debug({ orderId: id, accountNumber, replayed }, 'order accepted');
    },
    accountOpened(accountId) {
      accounts.inc();
      logger.info({ accountId }, 'account opened');
    },
    accountPostponed: (error, accountId) => logger.warn({ err: error, accountId }, 'account opening will be retried'),
    projected: (last) => sequence.set(last),
    projectionInterrupted(error, last) {
      interruptions.inc();
      logger.error({ err: error, sequence: last }, 'projection interrupted');
    },
  };
}
