// Gives every new user a first paper account. Delivered twice, the user still has one: the name is unique per user.

import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import { USERS_TOPIC, parseUserEvent } from '../events.ts';
import { FIRST_ACCOUNT, type AccountOpening } from './account-opening.ts';

const GROUP = 'trading-engine';

export async function followUsers(bus: EventBus, opening: Pick<AccountOpening, 'open'>): Promise<BusSubscription> {
  await bus.ensureTopic(USERS_TOPIC);
  return bus.subscribe({
    topics: [USERS_TOPIC],
    group: GROUP,
    from: 'earliest',
    async handle(records) {
      for (const { value } of records) {
        const event = parseUserEvent(value);
        if (event) await opening.open({ ...FIRST_ACCOUNT, userId: event.userId });
      }
    },
  });
}
