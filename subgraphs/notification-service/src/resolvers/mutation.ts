import { ClientError, asClientError, toUserError } from '@mib/service/errors';
import { requireScope } from '@mib/service/viewer';
import { MAX_PAGE } from '@mib/service/page';
import { conditionOf, cooldown, ruleName } from '../domain/rule-input.ts';
import type { AlertRulePayload, MutationResolvers, UserError } from '../generated/resolvers-types.ts';
import type { StoredRule } from '../store/rule-store.ts';
import { graphRule } from './graph-values.ts';

const WRITE = 'alert:write';
const DEFAULT_COOLDOWN_SECONDS = 300;

export const mutation: MutationResolvers = {
  createAlertRule(_, { input }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(async () => {
      const name = ruleName(input.name);
      const cooldownSeconds = cooldown(input.cooldownSeconds ?? DEFAULT_COOLDOWN_SECONDS);
      const instrument = await services.rules.instrument(input.instrumentId);
      if (!instrument) throw new ClientError('NOT_FOUND', `instrumentId must be a tradable instrument, was ${JSON.stringify(input.instrumentId.slice(0, 40))}`, { field: ['input', 'instrumentId'] });
      return services.rules.create({ userId, name, instrument, condition: conditionOf(input, instrument), cooldownSeconds });
    });
  },
  updateAlertRule(_, { input }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(async () => {
      if (input.cooldownSeconds != null) cooldown(input.cooldownSeconds);
      return services.rules.update({ ...input, userId });
    });
  },
  deleteAlertRule(_, { id }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    return payload(() => services.rules.delete(userId, id));
  },
  async markNotificationsRead(_, { ids }, { viewer, services }) {
    const { userId } = requireScope(viewer, WRITE);
    if (ids.length >= 1 && ids.length <= MAX_PAGE) return { count: await services.notifications.markRead(userId, ids, new Date()), userErrors: [] };
    return { count: 0, userErrors: [{ code: 'VALIDATION', message: `ids must be 1..${MAX_PAGE} ids, were ${ids.length}`, field: ['ids'], retryable: false }] };
  },
};

async function payload(change: () => Promise<StoredRule>): Promise<AlertRulePayload> {
  try {
    return { rule: graphRule(await change()), userErrors: [] };
  } catch (error) {
    if (!asClientError(error)) throw error;
    return { rule: null, userErrors: [userErrorOf(error)] };
  }
}

function userErrorOf(error: unknown): UserError {
  const { code, message, field, retryable } = toUserError(error);
  return { code, message, field: field && [...field], retryable };
}
