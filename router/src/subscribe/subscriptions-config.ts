// Section `subscriptions` of the settings file: the bounds of a connection, its heartbeats, and what a slow client loses.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

/**
 * What happens when a client reads slower than events come:
 *
 * - `close`: its stream ends with SLOW_CONSUMER, and it resumes from its last cursor. For events of which none may be lost.
 * - `drop`: the oldest waiting event goes. For events that stand for themselves.
 * - `coalesce`: only the newest waits, one for each `key`. For states: an event replaces the one before. Whoever joins such
 *   a stream late gets the newest states first, and a lost upstream is subscribed to again.
 */
export const OVERFLOWS = ['close', 'drop', 'coalesce'] as const;
export type Overflow = (typeof OVERFLOWS)[number];

const policySection = z
  .strictObject({
    onOverflow: z.enum(OVERFLOWS, `must be one of ${OVERFLOWS.join(', ')}`),
    /** Only with `coalesce`: the field of an event, such as `instrument.id`, that tells of what thing it is a state. */
    key: z.string().regex(/^[_A-Za-z]\w*(\.[_A-Za-z]\w*)*$/, 'must be a path of fields such as instrument.id').optional(),
  })
  .refine(({ onOverflow, key }) => key === undefined || onOverflow === 'coalesce', { path: ['key'], message: 'must stand beside onOverflow: coalesce' });

export type Policy = z.infer<typeof policySection>;

const policies = z.record(z.string(), policySection);

export const subscriptionsSection = z.strictObject({
  /** By root field; others are closed when they have a cursor to resume from, and drop their oldest when they have none. */
  policies: policies.default({}),
  /** How long a new socket may take to send connection_init. */
  initTimeoutMs: wholeNumber(1, 600_000).default(5_000),
  /** Pings, SSE comments and empty multipart parts; a client that misses one WebSocket ping is cut off at the next. */
  heartbeatMs: wholeNumber(100, 3_600_000).default(12_000),
  /** Operations at once on one WebSocket or one SSE stream. */
  maxPerConnection: wholeNumber(1, 10_000).default(200),
  /** WebSockets of one router. */
  maxSockets: wholeNumber(1, 1_000_000).default(20_000),
  /** Streams of one router, over all its doors. */
  maxStreams: wholeNumber(1, 1_000_000).default(50_000),
});

export type SubscriptionsConfig = z.infer<typeof subscriptionsSection>;

/** @param policiesFile - JSON of policies that count where the settings name none, such as those of the platform's own fields. */
export function completeSubscriptions(settings: SubscriptionsConfig, policiesFile: string | undefined): SubscriptionsConfig {
  if (policiesFile === undefined) return settings;
  return { ...settings, policies: { ...policies.parse(JSON.parse(readFileSync(policiesFile, 'utf8'))), ...settings.policies } };
}
