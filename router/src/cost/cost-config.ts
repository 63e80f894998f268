// Section `cost` of the settings file: demand control by the cost directive specification.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const costSection = z.strictObject({
  /** Estimated cost beyond which an operation is refused; the default stops what multiplies list by list by list. */
  max: wholeNumber(0, 1_000_000_000_000).default(1_000_000),
  /** Elements of a list that says nothing of its size. */
  listSize: wholeNumber(0, 1_000_000).default(10),
  /** What a mutation costs before its fields. */
  mutation: wholeNumber(0, 1_000_000).default(10),
  /** Shows `extensions.cost` {estimated, actual, max}, and works out the actual cost for the metrics. */
  report: z.boolean('must be true or false').default(false),
});

export type CostConfig = z.infer<typeof costSection>;
