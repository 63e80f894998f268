// Naming a document instead of sending it: trusted documents, automatic persisted queries, and trusted documents only.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryCache } from '@mib/service/cache/memory-cache';
import { Documents, type DocumentParameters } from './documents.ts';

const ME = '{ me { name } }';
const OTHER = '{ other }';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const apq = (hash: unknown, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash: hash } });
const settings = { enforced: false, automatic: true };

async function code(documents: Documents, parameters: Partial<DocumentParameters>): Promise<string> {
  try {
    return await documents.textOf({ query: undefined, ...parameters });
  } catch (error) {
    const { errors, status } = error as { errors: { extensions: { code: string } }[]; status: number };
    return `${status} ${errors[0]!.extensions.code}`;
  }
}

describe('documents', () => {
  let folder: string;
  let manifest: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mib-documents-'));
    manifest = join(folder, 'manifest.json');
    await writeFile(manifest, JSON.stringify({ [sha256(ME)]: ME, short: '{ short }' }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each<readonly [string, Partial<DocumentParameters>, string]>([
    ['a text', { query: OTHER }, OTHER],
    ['nothing at all', {}, '400 BAD_REQUEST'],
    ['a trusted document by its hash', { documentId: sha256(ME) }, ME],
    ['a trusted document by its prefixed hash', { documentId: `sha256:${sha256(ME)}` }, ME],
    ['a trusted document by an id of the manifest', { documentId: 'short' }, '{ short }'],
    ['a trusted document by persistedQuery', { extensions: apq(sha256(ME)) }, ME],
    ['a trusted document and its own text', { documentId: sha256(ME), query: ME }, ME],
    ['a trusted document and another text', { documentId: 'short', query: ME }, '400 PERSISTED_QUERY_HASH_MISMATCH'],
    ['an id that can only be of the manifest', { documentId: 'long' }, '404 PERSISTED_QUERY_NOT_SUPPORTED'],
    ['an unknown hash', { extensions: apq(sha256(OTHER)) }, '404 PERSISTED_QUERY_NOT_FOUND'],
    ['a text with another hash', { extensions: apq(sha256(ME)), query: OTHER }, '400 PERSISTED_QUERY_HASH_MISMATCH'],
    ['a text with no hash', { extensions: apq('x'), query: OTHER }, '400 PERSISTED_QUERY_HASH_MISMATCH'],
    ['a hash in capitals', { extensions: apq(sha256(OTHER).toUpperCase()), query: OTHER }, '400 PERSISTED_QUERY_HASH_MISMATCH'],
    ['another version of the protocol', { extensions: apq(sha256(ME), 2) }, '400 PERSISTED_QUERY_NOT_SUPPORTED'],
    ['a hash that is a number', { extensions: apq(7) }, '400 BAD_REQUEST'],
    ['a persistedQuery that is a list', { extensions: { persistedQuery: [] } }, '400 BAD_REQUEST'],
  ])('take %s', async (_, parameters, expected) => {
    expect(await code(await Documents.open({ ...settings, manifest }), parameters)).toBe(expected);
  });

  it('are registered by a client once, for every router that shares the cache', async () => {
    const shared = createMemoryCache({ maxEntries: 10 });
    const [first, second] = [await Documents.open(settings, shared), await Documents.open(settings, shared)];
    expect(await code(first, { extensions: apq(sha256(OTHER)) })).toBe('404 PERSISTED_QUERY_NOT_FOUND');
    expect(await code(first, { extensions: apq(sha256(OTHER)), query: OTHER })).toBe(OTHER);
    expect(await code(first, { extensions: apq(sha256(OTHER)) })).toBe(OTHER);
    expect(await code(second, { documentId: `sha256:${sha256(OTHER)}` })).toBe(OTHER);
  });

  it('are not registered while that is off', async () => {
    const documents = await Documents.open({ enforced: false, automatic: false });
    expect(await code(documents, { extensions: apq(sha256(OTHER)) })).toBe('404 PERSISTED_QUERY_NOT_SUPPORTED');
    expect(await code(documents, { extensions: apq(sha256(OTHER)), query: OTHER })).toBe(OTHER);
    expect(await code(documents, { extensions: apq(sha256(OTHER)) })).toBe('404 PERSISTED_QUERY_NOT_SUPPORTED');
  });

  it.each<readonly [string, Partial<DocumentParameters>, string]>([
    ['a text of the manifest', { query: ME }, ME],
    ['an id of the manifest', { documentId: 'short' }, '{ short }'],
    ['its own text', { query: OTHER, published: true }, OTHER],
    ['no other text', { query: OTHER }, '403 DOCUMENT_NOT_TRUSTED'],
    ['no text that differs in space', { query: `${ME} ` }, '403 DOCUMENT_NOT_TRUSTED'],
    ['no unknown id', { documentId: 'long' }, '403 DOCUMENT_NOT_TRUSTED'],
    ['no registration', { query: OTHER, extensions: apq(sha256(OTHER)) }, '403 DOCUMENT_NOT_TRUSTED'],
    ['no other text under a trusted id', { query: OTHER, documentId: 'short' }, '403 DOCUMENT_NOT_TRUSTED'],
  ])('once enforced, serve %s', async (_, parameters, expected) => {
    expect(await code(await Documents.open({ ...settings, enforced: true, manifest }), parameters)).toBe(expected);
  });

  it('read the manifest of Apollo\'s tools', async () => {
    const file = join(folder, 'apollo.json');
    await writeFile(file, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'a', name: 'Me', type: 'query', body: ME }] }));
    expect(await code(await Documents.open({ ...settings, manifest: file }), { documentId: 'a' })).toBe(ME);
  });

  it('follow the manifest when it is read again, and stay as they were when it is broken', async () => {
    const file = join(folder, 'changing.json');
    await writeFile(file, JSON.stringify({ a: ME }));
    const documents = await Documents.open({ ...settings, manifest: file });
    await writeFile(file, JSON.stringify({ a: OTHER }));
    await documents.reread();
    expect(await code(documents, { documentId: 'a' })).toBe(OTHER);
    await writeFile(file, '[1]');
    await expect(documents.reread()).rejects.toThrow('must hold {"id": "document"}');
    expect(await code(documents, { documentId: 'a' })).toBe(OTHER);
  });
});
