// Section `observe` of the settings file: what is logged and believed beside OpenTelemetry's own variables.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const observeSection = z.strictObject({
  /** An operation that takes longer is logged; 0 logs none. */
  slowOperationMs: wholeNumber(0, 600_000).default(1_000),
  /** Continues the trace in a client's `traceparent`. Only behind a proxy that sets it: a client could record at will. */
  trustTraceparent: z.boolean().default(false),
});
