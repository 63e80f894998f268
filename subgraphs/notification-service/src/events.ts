// What this service hears and says on the event bus. Trades do not come this way but from the engine, by sequence.
//
//   risk.alerts             hears   { id, accountId, userId, level, metric, observed, limit, instrumentId, at }
//   notifications.created   says    key user id, see NotificationAnnouncement

import { parseTimestamp } from '@mib/model/timestamp';
import { z } from 'zod';
import type { Severity } from './domain/notification.ts';

export const RISK_ALERTS_TOPIC = 'risk.alerts';
export const NOTIFICATIONS_TOPIC = 'notifications.created';

export interface NotificationAnnouncement {
  /** Unique for ever, so consumers can drop repeats. */
  readonly id: string;
  readonly userId: string;
  /** Counts the user's notifications from 1. */
  readonly number: number;
  readonly ruleId: string | null;
  readonly instrumentId: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  readonly at: string;
}

const figure = z.union([z.string(), z.number().transform(String)]).nullish().transform((text) => text ?? null);
const riskAlert = z.object({
  id: z.string().min(1),
  accountId: z.string().min(1),
  userId: z.string().min(1),
  level: z.string(),
  metric: z.string(),
  observed: figure,
  limit: figure,
  instrumentId: z.string().min(1).nullish().transform((id) => id ?? null),
  at: z.string().refine((text) => isTimestamp(text), 'must be an RFC 3339 date-time'),
});
export type RiskAlert = z.infer<typeof riskAlert>;

/** @returns undefined for a record that is no risk alert: it would stop the partition for ever. */
export function parseRiskAlert(value: string): RiskAlert | undefined {
  try {
    return riskAlert.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}

function isTimestamp(text: string): boolean {
  try {
    parseTimestamp(text);
    return true;
  } catch {
    return false;
  }
}
