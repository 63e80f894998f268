// Learns who owns which account. Delivered twice, the row is the same.

import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import type pg from 'pg';
import { ACCOUNTS_TOPIC, parseAccount } from '../events.ts';
import { storeAccounts } from '../store/account-store.ts';

const GROUP = 'risk-engine';

export async function followAccounts(bus: EventBus, pool: pg.Pool): Promise<BusSubscription> {
  await bus.ensureTopic(ACCOUNTS_TOPIC);
  return bus.subscribe({
    topics: [ACCOUNTS_TOPIC],
    group: GROUP,
    from: 'earliest',
    handle: (records) => storeAccounts(pool, records.map(({ value }) => parseAccount(value))),
  });
}
