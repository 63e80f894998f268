// Which document a request means. It may bring the text, name a trusted document by its id, or use Apollo's automatic
// persisted queries: ask by hash first, and send text and hash together when the router does not know it yet.
//
//   text                    -> itself; only if trusted when that is enforced
//   documentId              -> the trusted document of that id, or one registered under that hash
//   persistedQuery          -> the same; not known: PERSISTED_QUERY_NOT_FOUND, on which clients send the next
//   persistedQuery and text -> the text, when it has that hash; registered unless documents are enforced

import { createHash } from 'node:crypto';
import type { Cache } from '@mib/service/cache/cache';
import { isObject } from '../execute/json.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import type { DocumentsConfig } from './documents-config.ts';
import { PersistedQueries } from './persisted-queries.ts';
import { NO_TRUSTED_DOCUMENTS, readTrustedDocuments, type TrustedDocuments } from './trusted-documents.ts';

/** What a request says about its document. */
export interface DocumentParameters {
  readonly query: string | undefined;
  /** GraphQL over HTTP, appendix A: `sha256:<hex>` or an id of the manifest. */
  readonly documentId?: string | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** The router's own choice of text, e.g. for a REST endpoint: trusted by itself. */
  readonly published?: boolean | undefined;
}

const SHA256_PREFIX = 'sha256:';
const SHA256 = /^[0-9a-f]{64}$/;

export class Documents {
  readonly #config: DocumentsConfig;
  readonly #persisted: PersistedQueries | undefined;
  #trusted: TrustedDocuments = NO_TRUSTED_DOCUMENTS;

  private constructor(config: DocumentsConfig, shared: Cache | undefined) {
    this.#config = config;
    this.#persisted = config.automatic && !config.enforced ? new PersistedQueries(shared) : undefined;
  }

  /**
   * @param shared - where the routers of a cluster keep what clients registered.
   * @throws {Error} when the manifest cannot be read.
   */
  static async open(config: DocumentsConfig, shared?: Cache): Promise<Documents> {
    const documents = new Documents(config, shared);
    await documents.reread();
    return documents;
  }

  /** Reads the manifest anew; when that fails, the documents stay as they were. @throws {Error} */
  async reread(): Promise<void> {
    if (this.#config.manifest !== undefined) this.#trusted = await readTrustedDocuments(this.#config.manifest);
  }

  get trustedTexts(): Iterable<string> {
    return this.#trusted.texts;
  }

  /** @throws {RequestRefused} when the request names no document, one that is not known, or one that is not trusted. */
  textOf({ query, documentId, extensions, published }: DocumentParameters): string | Promise<string> {
    if (published && query !== undefined) return query;
    const id = documentId ?? hashIn(extensions?.['persistedQuery']);
    if (id !== undefined) return query === undefined ? this.#find(id) : this.#register(id, query);
    if (query === undefined) throw RequestRefused.because(400, 'BAD_REQUEST', 'query is missing');
    if (this.#config.enforced && !this.isTrusted(query)) throw notTrusted();
    return query;
  }

  isTrusted(text: string): boolean {
    return this.#trusted.texts.has(text);
  }

  #find(id: string): string | Promise<string> {
    const hash = withoutPrefix(id);
    const { byId } = this.#trusted;
    const trusted = byId.get(id) ?? byId.get(hash);
    if (trusted !== undefined) return trusted;
    if (this.#config.enforced) throw notTrusted();
    if (!this.#persisted || !SHA256.test(hash)) throw this.#unknown(id);
    return this.#persisted.get(hash).then((text) => {
      if (text === undefined) throw this.#unknown(id);
      return text;
    });
  }

  #register(id: string, text: string): string {
    const hash = withoutPrefix(id);
    const { byId } = this.#trusted;
    const trusted = byId.get(id) ?? byId.get(hash);
    if (trusted === text) return text;
    if (this.#config.enforced) throw notTrusted();
    if (trusted !== undefined || sha256(text) !== hash) throw RequestRefused.because(400, 'PERSISTED_QUERY_HASH_MISMATCH', 'the document does not have the hash given with it');
    this.#persisted?.set(hash, text);
    return text;
  }

  #unknown(id: string): RequestRefused {
    // Apollo's clients know these two messages; the first makes them send the text.
    if (this.#persisted && SHA256.test(withoutPrefix(id))) return RequestRefused.because(404, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    return RequestRefused.because(404, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  }
}

function hashIn(persistedQuery: unknown): string | undefined {
  if (persistedQuery === undefined || persistedQuery === null) return undefined;
  if (!isObject(persistedQuery)) throw RequestRefused.because(400, 'BAD_REQUEST', 'extensions.persistedQuery must be an object');
  const { version, sha256Hash } = persistedQuery;
  if (version !== 1) throw RequestRefused.because(400, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  if (typeof sha256Hash !== 'string') throw RequestRefused.because(400, 'BAD_REQUEST', 'extensions.persistedQuery.sha256Hash must be a string');
  return sha256Hash;
}

function withoutPrefix(id: string): string {
  return id.startsWith(SHA256_PREFIX) ? id.slice(SHA256_PREFIX.length) : id;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function notTrusted(): RequestRefused {
  return RequestRefused.because(403, 'DOCUMENT_NOT_TRUSTED', 'this router serves trusted documents only');
}
