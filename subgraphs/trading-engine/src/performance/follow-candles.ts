// Keeps the closes of final daily candles. Delivered again they are written again, in the same order: nothing changes.

import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import type pg from 'pg';
import { CANDLES_TOPIC, parseDailyCloses } from '../events.ts';
import { storeCloses } from '../store/daily-closes.ts';

const GROUP = 'trading-engine';
/** Of up to 500 candles each: bounds a statement to 10,000 rows. */
const RECORDS_PER_BATCH = 20;

export async function followCandles(bus: EventBus, pool: pg.Pool): Promise<BusSubscription> {
  await bus.ensureTopic(CANDLES_TOPIC);
  return bus.subscribe({
    topics: [CANDLES_TOPIC],
    group: GROUP,
    from: 'earliest',
    batchSize: RECORDS_PER_BATCH,
    handle: (records) => storeCloses(pool, records.flatMap(({ value }) => parseDailyCloses(value))),
  });
}
