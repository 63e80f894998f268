// Batched reads of one request: however many entries, flags or users a query asks about, each kind costs one statement.

import DataLoader from 'dataloader';
import { entryId, parseEntryId, type EntryName, type Version } from './domain/entry.ts';
import type { EntryStore } from './store/entry-store.ts';

export interface HistoryPage {
  readonly first: number;
  /** Exclusive. */
  readonly before: number;
}

export interface Loaders {
  /** Newest version by entry id; null for an id that nothing has. Says nothing about who may see it. */
  readonly entry: DataLoader<string, Version | null>;
  readonly preferences: DataLoader<string, readonly Version[]>;
  history(name: EntryName, page: HistoryPage): Promise<readonly Version[]>;
}

/** Keys of one statement; a page of the router's entities is never longer. */
const MAX_BATCH = 500;

export function createLoaders(store: EntryStore): Loaders {
  const histories = new Map<string, DataLoader<string, readonly Version[]>>();
  return {
    entry: new DataLoader(async (ids) => {
      const found = new Map((await store.byNames(namesOf(ids))).map((version) => [entryId(version), version]));
      return ids.map((id) => found.get(id) ?? null);
    }, { maxBatchSize: MAX_BATCH }),
    preferences: grouped((userIds) => store.inScope('USER', userIds), (version) => version.scopeId),
    history(name, page) {
      const question = `${page.first}:${page.before}`;
      const loader = histories.get(question) ?? grouped((ids) => store.histories(namesOf(ids), page), entryId);
      histories.set(question, loader);
      return loader.load(entryId(name));
    },
  };
}

function grouped(load: (keys: readonly string[]) => Promise<readonly Version[]>, keyOf: (version: Version) => string): DataLoader<string, readonly Version[]> {
  return new DataLoader(async (keys) => {
    const groups = new Map<string, Version[]>(keys.map((key) => [key, []]));
    for (const version of await load(keys)) groups.get(keyOf(version))?.push(version);
    return keys.map((key) => groups.get(key)!);
  }, { maxBatchSize: MAX_BATCH });
}

function namesOf(ids: readonly string[]): EntryName[] {
  return ids.flatMap((id) => parseEntryId(id) ?? []);
}
