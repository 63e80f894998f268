// Section `limits` of the settings file. The defaults are far above what applications ask and far below what hurts.

import { z } from 'zod';
import { wholeNumber } from '../config-values.ts';

export const limitsSection = z.strictObject({
  /** Lexer tokens of a document; the parser stops there. */
  maxTokens: wholeNumber(1, 1_000_000).default(10_000),
  /** Fields one below the other. */
  maxDepth: wholeNumber(1, 500).default(30),
  /** Below `__schema` and `__type`; the query of common tools nests 15 deep. */
  maxIntrospectionDepth: wholeNumber(1, 500).default(20),
  maxAliases: wholeNumber(0, 100_000).default(200),
  maxDirectives: wholeNumber(0, 100_000).default(200),
  /** Fragments with @defer, written out: each is planned and fetched by itself. */
  maxDefers: wholeNumber(0, 100).default(16),
  maxRootFields: wholeNumber(1, 10_000).default(50),
  /** Selected fields with every fragment written out. */
  maxFields: wholeNumber(1, 100_000).default(3_000),
  /** Objects, list elements and leaves of all variables together. */
  maxVariableValues: wholeNumber(0, 10_000_000).default(20_000),
  /** Objects and lists within each other in one variable. */
  maxVariableDepth: wholeNumber(1, 500).default(50),
  /** Whether clients may ask for the schema. Absent: in development only. */
  introspection: z.boolean('must be true or false').optional(),
});

export type LimitsConfig = z.infer<typeof limitsSection>;

export const DEFAULT_LIMITS: LimitsConfig = { ...limitsSection.parse({}), introspection: true };
