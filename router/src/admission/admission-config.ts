// Sections `admission` and `rateLimits` of the settings file: how much work the router takes on, in all and from one client.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const admissionSection = z.strictObject({
  /** Queries and mutations under way at once; streams have bounds of their own. */
  maxInFlight: wholeNumber(1, 1_000_000).default(2_000),
  /** Refuses while the event loop is later than this. Absent: it is not looked at. */
  maxEventLoopLagMs: wholeNumber(10, 60_000).optional(),
  retryAfterSeconds: wholeNumber(1, 3_600).default(1),
});

export type AdmissionConfig = z.infer<typeof admissionSection>;

const rate = z.strictObject({ limit: wholeNumber(1, 1_000_000_000), windowMs: wholeNumber(100, 86_400_000) });

export type Rate = z.infer<typeof rate>;

export const rateLimitsSection = z.strictObject({
  /** Operations of one client. */
  perIdentity: rate.optional(),
  /** Of one client, each operation by itself. */
  perOperation: rate.optional(),
  /** Of one client, by root field such as `Mutation.signIn`; every alias counts, so a batch of guesses does too. */
  fields: z.record(z.string().regex(/^(Query|Mutation|Subscription)\.[_A-Za-z]\w*$/, 'must be Query.x, Mutation.x or Subscription.x'), rate).default({}),
  /**
   * `open` serves without counting while the cache is away: a limit protects capacity, and losing Redis must not take the
   * graph down. `closed` refuses: choose it where a limit is what guards a password.
   */
  whenCacheIsAway: z.enum(['open', 'closed'], 'must be open or closed').default('open'),
});

export type RateLimitsConfig = z.infer<typeof rateLimitsSection>;
