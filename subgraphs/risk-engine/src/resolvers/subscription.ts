import { hasScope, requireScope } from '@mib/service/viewer';
import { EVERYBODY } from '../domain/intent.ts';
import type { SubscriptionResolvers } from '../generated/resolvers-types.ts';
import { SET_ANY, requireReadableAccount } from './ownership.ts';
import type { AlertParent, TradingStateParent } from './parents.ts';

/** Both are rare: a subscriber this far behind has gone away. */
const MAX_QUEUED = 1_000;

export const subscription: SubscriptionResolvers = {
  riskAlert: {
    async subscribe(_, { accountId }, context) {
      requireScope(context.viewer, 'account:read');
      const { id } = await requireReadableAccount(context, accountId);
      return context.services.alerts.subscribe({ filter: (alert) => alert.accountId === id, maxQueued: MAX_QUEUED, overflow: 'close', signal: context.signal });
    },
    resolve: (alert: AlertParent) => alert,
  },
  tradingStateChanged: {
    async subscribe(_, { accountId }, context) {
      const viewer = requireScope(context.viewer, 'account:read');
      const account = accountId == null ? null : await requireReadableAccount(context, accountId);
      const seesAll = account === null && hasScope(viewer, SET_ANY);
      const filter = ({ accountNumber }: TradingStateParent) => seesAll || accountNumber === EVERYBODY || accountNumber === account?.number;
      return context.services.tradingStates.subscribe({ filter, maxQueued: MAX_QUEUED, overflow: 'close', signal: context.signal });
    },
    resolve: (version: TradingStateParent) => version,
  },
};
