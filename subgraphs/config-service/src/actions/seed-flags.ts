// Flags that every platform has from its first start. Whoever changed one since is left alone.

import { checkValue } from '../domain/check-value.ts';
import { DEFAULT_FLAGS, flagEntry } from '../domain/feature-flag.ts';
import { requireKey } from '../domain/known-keys.ts';
import type { Services } from '../context.ts';

export async function seedFlags({ keys, store }: Pick<Services, 'keys' | 'store'>): Promise<void> {
  for (const [flag, value] of Object.entries(DEFAULT_FLAGS)) {
    const name = flagEntry(flag);
    const json = checkValue(requireKey(keys, name.key), JSON.stringify(value));
    await store.change({ name, expectedVersion: 0, decide: async () => ({ value: json, sealed: null, rolledBackTo: null, updatedBy: null }) });
  }
}
