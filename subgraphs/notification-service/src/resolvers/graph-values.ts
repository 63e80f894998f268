// Stored rules and notifications as values of the graph.

import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import type { Context } from '../context.ts';
import { encodeCursor } from '../domain/cursor.ts';
import { formatPrice } from '../domain/instrument.ts';
import { formatPercent } from '../domain/rule-input.ts';
import type { AlertCondition, AlertRule, Notification } from '../generated/resolvers-types.ts';
import type { StoredNotification } from '../store/notification-store.ts';
import type { StoredRule } from '../store/rule-store.ts';

export function graphRule(rule: StoredRule): AlertRule {
  return {
    id: rule.id,
    name: rule.name,
    instrument: { id: rule.instrument.id },
    condition: graphCondition(rule),
    cooldownSeconds: rule.cooldownSeconds,
    enabled: rule.enabled,
    lastFiredAt: rule.lastFiredNs === null ? null : formatTimestamp(rule.lastFiredNs),
    createdAt: formatTimestamp(timestampFromDate(rule.createdAt)),
  };
}

/** Reads the viewer's rules at most once a request, and only for a notification that a rule has made. */
export async function graphNotification(notification: StoredNotification, { ownRules }: Pick<Context, 'ownRules'>): Promise<Notification> {
  const rule = notification.ruleId === null ? undefined : (await ownRules()).find((each) => each.id === notification.ruleId);
  return {
    id: notification.id,
    cursor: encodeCursor(notification.number),
    rule: rule ? graphRule(rule) : null,
    instrument: notification.instrumentId === null ? null : { id: notification.instrumentId },
    severity: notification.severity,
    title: notification.title,
    body: notification.body,
    createdAt: formatTimestamp(notification.atNs),
    readAt: notification.readAt && formatTimestamp(timestampFromDate(notification.readAt)),
  };
}

function graphCondition({ condition, instrument }: StoredRule): AlertCondition {
  if (condition.kind === 'PRICE_CROSS') return { __typename: 'PriceCross', direction: condition.direction, price: formatPrice(condition.levelTicks, instrument) };
  return { __typename: 'PercentMove', percent: formatPercent(condition.basisPoints), windowSeconds: condition.windowSeconds };
}
