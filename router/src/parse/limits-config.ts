// Section `limits` of the settings file. The defaults are far above what applications ask and far below what hurts.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const limitsSection = z.strictObject({
  /** Lexer tokens of a document; the parser stops there. */
  maxTokens: wholeNumber(1, 1_000_000).default(10_000),
  /** The introspection query of common tools nests about 15 deep. */
  maxDepth: wholeNumber(1, 1_000).default(30),
  maxAliases: wholeNumber(0, 100_000).default(200),
  maxRootFields: wholeNumber(1, 10_000).default(50),
  /** Selected fields with every fragment written out. */
  maxFields: wholeNumber(1, 100_000).default(3_000),
});

export type LimitsConfig = z.infer<typeof limitsSection>;

export const DEFAULT_LIMITS: LimitsConfig = limitsSection.parse({});
