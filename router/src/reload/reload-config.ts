// Section `reload` of the settings file.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const reloadSection = z.strictObject({
  /** Reload when the supergraph or the manifest of trusted documents changes on disk. */
  watch: z.boolean('must be true or false').default(false),
  /** How long plans may be made before there is traffic, at the start and at each reload. */
  warmUpMs: wholeNumber(0, 600_000).default(10_000),
});

export type ReloadConfig = z.infer<typeof reloadSection>;
