// What config-service says on the bus and every service may hear: one record per version of an entry, in order per key.
// A sensitive value travels sealed, so only who holds the platform's secret can read it.

import { z } from 'zod';
import { Sealer } from './sealer.ts';

/** Key: the configuration key. Repeated at each start of config-service; drop versions that are not newer. */
export const CONFIG_CHANGES_TOPIC = 'config.changes';

export const configChange = z.object({
  /** `<scope>:<scopeId>:<key>`, the same for all versions. */
  id: z.string().min(1),
  key: z.string().min(1),
  scope: z.enum(['GLOBAL', 'SERVICE', 'USER']),
  /** Service name or user id; null for GLOBAL. */
  scopeId: z.string().nullable(),
  sensitive: z.boolean(),
  /** JSON text; null when sensitive. */
  value: z.string().nullable(),
  /** Base64 of what `configSealer` made under `id`; only when sensitive. */
  sealed: z.string().optional(),
  version: z.number().int().min(1),
  /** Only of a key `flags.<name>`. */
  flag: z.object({ key: z.string(), enabled: z.boolean(), rolloutPercent: z.number() }).optional(),
  updatedBy: z.string().nullable(),
  at: z.string(),
});
export type ConfigChange = z.infer<typeof configChange>;

/** Seals and opens sensitive values, at rest and on the bus; the name is the entry's id. */
export function configSealer(internalSecret: string): Sealer {
  return new Sealer(internalSecret, 'mib configuration values 1');
}
