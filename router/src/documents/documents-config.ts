// Section `documents` of the settings file: which operations clients may name by an id, and whether others are served.

import { z } from 'zod';
import { ConfigError } from '@mib/service/config';

export const documentsSection = z.strictObject({
  /** File of trusted documents: `{id: document}` as code generators write it, or Apollo's manifest. Absent: the platform's own, on its own supergraph. */
  manifest: z.string().min(1, 'must name a file').optional(),
  /** Serve trusted documents only. */
  enforced: z.boolean('must be true or false').default(false),
  /** Automatic persisted queries: clients register documents under their SHA-256. Never together with `enforced`. */
  automatic: z.boolean('must be true or false').default(true),
});

export type DocumentsConfig = z.infer<typeof documentsSection>;

/** @throws {ConfigError} when trusted documents are enforced and there are none. */
export function completeDocuments(config: DocumentsConfig, ownManifest: string | undefined): DocumentsConfig {
  const manifest = config.manifest ?? ownManifest;
  if (config.enforced && manifest === undefined) throw new ConfigError('documents.manifest is required with documents.enforced');
  return { ...config, manifest };
}
