import { hasScope, requireScope, type KnownViewer } from '@mib/service/viewer';
import { EVERYBODY } from '../domain/intent.ts';
import { refusal, type Actor } from '../enforcement/refusals.ts';
import { setLimits } from '../enforcement/set-limits.ts';
import { setTradingState } from '../enforcement/set-trading-state.ts';
import type { MutationResolvers } from '../generated/resolvers-types.ts';
import { SET, SET_ANY, mayRead, notYours, settableAccount } from './ownership.ts';

export const mutation: MutationResolvers = {
  async setRiskLimits(_, { input }, context) {
    const viewer = requireScope(context.viewer, SET);
    const account = await settableAccount(context, input.accountId);
    if (!account) return { account: null, limits: null, userErrors: [refusal('NOT_FOUND', notYours(input.accountId), ['accountId'])] };
    const userErrors = await setLimits(context.services, account, actorOf(viewer), input);
    const version = await context.loaders.limits.clear(account.number).load(account.number);
    return { account: mayRead(viewer, account.userId) ? account : null, limits: { version }, userErrors };
  },

  async setTradingState(_, { input }, context) {
    const viewer = requireScope(context.viewer, SET);
    const { accountId } = input;
    if (accountId == null && !hasScope(viewer, SET_ANY)) return { state: null, event: null, userErrors: [refusal('FORBIDDEN', `scope ${SET_ANY} is required to set the state of everybody`, ['accountId'])] };
    const account = accountId == null ? null : await settableAccount(context, accountId);
    if (accountId != null && !account) return { state: null, event: null, userErrors: [refusal('NOT_FOUND', notYours(accountId), ['accountId'])] };
    const { version, userErrors } = await setTradingState(context.services, account?.number ?? EVERYBODY, actorOf(viewer), input);
    return { state: version?.state ?? null, event: version, userErrors };
  },
};

function actorOf(viewer: KnownViewer): Actor {
  return { userId: viewer.userId, mayOverrule: hasScope(viewer, SET_ANY) };
}
