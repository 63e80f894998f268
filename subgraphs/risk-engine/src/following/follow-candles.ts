// Final daily candles become the closes that history is made of. Keyed by instrument and day, so repeats change nothing.

import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import type pg from 'pg';
import { CANDLES_TOPIC, dailyClosesOf } from '../events.ts';
import { storeCloses } from '../store/close-store.ts';

/** Apart from the group of the accounts: members of one group must follow the same topics. */
const GROUP = 'risk-engine-candles';
/** Records of one transaction; each holds up to 500 candles. */
const BATCH_RECORDS = 20;

export async function followCandles(bus: EventBus, pool: pg.Pool): Promise<BusSubscription> {
  await bus.ensureTopic(CANDLES_TOPIC);
  return bus.subscribe({
    topics: [CANDLES_TOPIC],
    group: GROUP,
    from: 'earliest',
    batchSize: BATCH_RECORDS,
    async handle(records) {
      const closes = records.flatMap(({ value }) => dailyClosesOf(value));
      if (closes.length > 0) await storeCloses(pool, closes);
    },
  });
}
