// Section `rest` of the settings file: which operations are published as endpoints, where, and under what title.

import { z } from 'zod';

export const restSection = z.strictObject({
  /** Folder of .graphql files with @rest. Absent: the platform's own for the platform's supergraph, none for another. */
  operations: z.string().min(1, 'must name a folder').optional(),
  prefix: z.string().regex(/^(\/[A-Za-z0-9._~-]+)+$/, 'must be a path such as /api').default('/api'),
  title: z.string().default('Market Intel Brain'),
  version: z.string().default('1.0.0'),
});

export type RestSettings = z.infer<typeof restSection>;
