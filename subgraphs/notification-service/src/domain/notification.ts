// Notifications before they have a number, and what they say. `sourceKey` names what made one: the same firing or the
// same risk alert, delivered twice, is one notification.

import { parseTimestamp, formatTimestamp, type TimestampNs } from '@mib/model/timestamp';
import type { RiskAlert } from '../events.ts';
import { formatPrice, type TickedInstrument } from './instrument.ts';
import { formatPercent } from './rule-input.ts';
import type { Firing } from './rule-book.ts';

export type Severity = 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

export interface NotificationDraft {
  readonly userId: string;
  readonly sourceKey: string;
  readonly ruleId: string | null;
  readonly instrumentId: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  readonly atNs: TimestampNs;
}

/** A user's notifications beyond this many are dropped, the oldest first. */
export const MAX_KEPT_PER_USER = 10_000;

const SEVERITIES: Readonly<Record<string, Severity>> = { LOW: 'INFO', MEDIUM: 'WARNING', HIGH: 'ERROR', CRITICAL: 'CRITICAL' };

export function draftOfFiring({ rule, trade }: Firing, instrument: TickedInstrument): NotificationDraft {
  const price = formatPrice(trade.priceTicks, instrument);
  return {
    userId: rule.userId,
    sourceKey: `rule:${rule.id}:${trade.sequence}`,
    ruleId: rule.id,
    instrumentId: instrument.id,
    // Wanted news, no trouble.
    severity: 'INFO',
    title: `${instrument.id} ${whatHappened(rule.condition, instrument)}`,
    body: `${rule.name}: traded at ${price} at ${formatTimestamp(trade.timestampNs)}.`,
    atNs: trade.timestampNs,
  };
}

export function draftOfRiskAlert({ id, userId, accountId, level, metric, observed, limit, instrumentId, at }: RiskAlert): NotificationDraft {
  return {
    userId,
    sourceKey: `risk:${id}`,
    ruleId: null,
    instrumentId,
    severity: SEVERITIES[level] ?? 'WARNING',
    title: `Risk ${level}: ${metric}`,
    body: `Account ${accountId}: ${metric}${observed === null ? '' : ` is ${observed}`}${limit === null ? '' : `, the limit is ${limit}`}.`,
    atNs: parseTimestamp(at, 'at'),
  };
}

function whatHappened(condition: Firing['rule']['condition'], instrument: TickedInstrument): string {
  if (condition.kind === 'PERCENT_MOVE') return `moved ${formatPercent(condition.basisPoints)}% within ${condition.windowSeconds} s`;
  return `crossed ${condition.direction === 'ABOVE' ? 'above' : 'below'} ${formatPrice(condition.levelTicks, instrument)}`;
}
