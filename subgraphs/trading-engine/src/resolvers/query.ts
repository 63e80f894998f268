import { requireScope } from '@mib/service/viewer';
import type { QueryResolvers } from '../generated/resolvers-types.ts';
import { readableAccount, readableOrder } from './ownership.ts';

export const query: QueryResolvers = {
  account(_, { id }, context) {
    requireScope(context.viewer, 'account:read');
    return readableAccount(context, id);
  },
  order(_, { id }, context) {
    requireScope(context.viewer, 'account:read');
    return readableOrder(context, id);
  },
};
