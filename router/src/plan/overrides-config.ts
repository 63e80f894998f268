// Section `overrides` of the settings file: which labels of progressive @override are on.

import { z } from 'zod';

export const overridesSection = z.strictObject({
  /** Labels that are on for every request; others but `percent(n)` are off. */
  labels: z.array(z.string('must be text')).default([]),
});

export type OverridesConfig = z.infer<typeof overridesSection>;
