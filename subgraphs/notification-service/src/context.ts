// What every resolver may use: who asks, batched reads, and the few long-lived parts of the service.

import DataLoader from 'dataloader';
import type { LiveTopic } from '@mib/service/pubsub';
import type { RequestContext } from '@mib/service/subgraph-server';
import { requireUser } from '@mib/service/viewer';
import type { NotificationStore, StoredNotification } from './store/notification-store.ts';
import type { RuleStore, StoredRule } from './store/rule-store.ts';
import type { WakeUp } from './store/wake-ups.ts';

export interface Services {
  readonly rules: RuleStore;
  readonly notifications: NotificationStore;
  readonly wakeUps: LiveTopic<WakeUp>;
}

export interface Context extends RequestContext {
  readonly services: Services;
  /**
   * The viewer's rules, oldest first. Nobody sees other rules and there are at most 100, so one statement a request
   * answers for every instrument, user, rule and notification that asks.
   *
   * @throws {ClientError} UNAUTHENTICATED for an anonymous viewer.
   */
  readonly ownRules: () => Promise<readonly StoredRule[]>;
  readonly notification: DataLoader<string, StoredNotification | null>;
}

/** Keys of one load; a page of the router's entities is never longer. */
const MAX_BATCH = 500;

export function createContext(services: Services, request: RequestContext): Context {
  let ownRules: Promise<readonly StoredRule[]> | undefined;
  return {
    ...request,
    services,
    ownRules: async () => {
      const { userId } = requireUser(request.viewer);
      return (ownRules ??= services.rules.ofUser(userId));
    },
    notification: new DataLoader(async (ids) => {
      const found = new Map((await services.notifications.byIds(ids)).map((each) => [each.id, each]));
      return ids.map((id) => found.get(id.toLowerCase()) ?? null);
    }, { maxBatchSize: MAX_BATCH }),
  };
}
