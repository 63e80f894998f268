// Section `documents` of the settings file: which operations clients may name by an id, and whether others are served.

import { z } from 'zod';

export const documentsSection = z.strictObject({
  /** File of trusted documents: `{id: document}` as code generators write it, or Apollo's manifest. */
  manifest: z.string().min(1, 'must name a file').optional(),
  /** Serve trusted documents only; needs `manifest`. */
  enforced: z.boolean('must be true or false').default(false),
  /** Automatic persisted queries: clients register documents under their SHA-256. Never together with `enforced`. */
  automatic: z.boolean('must be true or false').default(true),
}).refine(({ enforced, manifest }) => !enforced || manifest !== undefined, { path: ['manifest'], message: 'must be given when documents are enforced' });

export type DocumentsConfig = z.infer<typeof documentsSection>;
