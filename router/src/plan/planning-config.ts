// Section `planning` of the settings file. One thread plans 30 to 100 new operations a second; a platform whose clients
// send trusted documents needs no second one.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const planningSection = z.strictObject({
  threads: wholeNumber(1, 8).default(1),
  /** Operations that may wait for a thread; the next one is refused. */
  maxWaiting: wholeNumber(1, 10_000).default(100),
  /** For one plan, from when its thread takes it up. */
  timeoutMs: wholeNumber(1, 600_000).default(10_000),
});

export type PlanningConfig = z.infer<typeof planningSection>;
