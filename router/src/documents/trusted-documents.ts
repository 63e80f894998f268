// The documents of a platform's own clients, out of the manifest that their build writes.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export interface TrustedDocuments {
  readonly byId: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

export const NO_TRUSTED_DOCUMENTS: TrustedDocuments = { byId: new Map(), texts: new Set() };

const MAX_DOCUMENTS = 50_000;

/** `{id: document}` of @graphql-codegen's client preset and of Relay, or the manifest of Apollo's tools. */
const manifest = z.union([
  z.object({ format: z.literal('apollo-persisted-query-manifest'), operations: z.array(z.object({ id: z.string(), body: z.string() })) })
    .transform(({ operations }) => operations.map(({ id, body }) => [id, body] as const)),
  z.record(z.string(), z.string()).transform((documents) => Object.entries(documents)),
]);

/** @throws {Error} when the file is not there or is no manifest. */
export async function readTrustedDocuments(file: string): Promise<TrustedDocuments> {
  const entries = manifest.safeParse(await readJson(file));
  if (!entries.success) throw new Error(`${file} must hold {"id": "document"}, or an Apollo persisted query manifest`);
  if (entries.data.length > MAX_DOCUMENTS) throw new Error(`${file} must hold at most ${MAX_DOCUMENTS} documents, was ${entries.data.length}`);
  return { byId: new Map(entries.data), texts: new Set(entries.data.map(([, text]) => text)) };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`cannot read the trusted documents ${file}`, { cause: error });
  }
}
