// The three ways to make a version: set a value, bring an old one back, set a flag. All end in one change of the store;
// a refusal is a value that carries what is there now.

import { asClientError, ClientError } from '@mib/service/errors';
import type { KnownViewer } from '@mib/service/viewer';
import type { Services } from '../context.ts';
import { checkValue } from '../domain/check-value.ts';
import { entryNameOf, type GivenName } from '../domain/entry-name.ts';
import { entryId, type EntryName, type Version } from '../domain/entry.ts';
import { flagEntry, type FlagValue } from '../domain/feature-flag.ts';
import { requireKey, type KnownKey } from '../domain/known-keys.ts';
import type { Change, NextVersion } from '../store/entry-store.ts';
import { requireWrite } from './access.ts';

export interface Outcome {
  /** The newest version; null where there is none or nobody may know. */
  readonly entry: Version | null;
  readonly refusal?: ClientError;
}

export interface SetValue extends GivenName {
  readonly key: string;
  readonly value: string;
  readonly expectedVersion: number;
  readonly validateOnly: boolean;
}

export interface RollBack extends GivenName {
  readonly key: string;
  readonly toVersion: number;
  readonly expectedVersion: number | undefined;
}

type Demands = Pick<Change, 'expectedVersion' | 'validateOnly' | 'decide'>;

export function setValue(services: Services, viewer: KnownViewer, { key, value, expectedVersion, validateOnly, ...given }: SetValue): Promise<Outcome> {
  return attempt(services, key, async () => {
    const { known, name } = writable(services, viewer, key, given);
    const next = nextVersion(services, viewer, { known, name, json: checkValue(known, value) });
    return change(services, name, { expectedVersion, validateOnly, decide: async () => next });
  });
}

export function rollBack(services: Services, viewer: KnownViewer, { key, toVersion, expectedVersion, ...given }: RollBack): Promise<Outcome> {
  return attempt(services, key, async () => {
    const { known, name } = writable(services, viewer, key, given);
    return change(services, name, {
      expectedVersion,
      decide: async (find) => {
        const old = await find(toVersion);
        if (!old) throw new ClientError('NOT_FOUND', `toVersion must be a version of this entry, was ${toVersion}`, { field: ['toVersion'] });
        // Rules may have become stricter since, and a key may have become sensitive.
        return nextVersion(services, viewer, { known, name, json: checkValue(known, plainText(services, old)), rolledBackTo: toVersion });
      },
    });
  });
}

export function setFlag(services: Services, viewer: KnownViewer, { key, expectedVersion, ...value }: FlagValue & { readonly key: string; readonly expectedVersion: number | undefined }): Promise<Outcome> {
  return attempt(services, key, async () => {
    const { known, name } = writable(services, viewer, flagEntry(key).key, {});
    const next = nextVersion(services, viewer, { known, name, json: checkValue(known, JSON.stringify(value)) });
    return change(services, name, { expectedVersion, decide: async () => next });
  });
}

function writable({ keys }: Services, viewer: KnownViewer, key: string, given: GivenName): { readonly known: KnownKey; readonly name: EntryName } {
  const known = requireKey(keys, key);
  const name = entryNameOf(known, given, viewer.userId);
  requireWrite(viewer, name);
  return { known, name };
}

function nextVersion({ sealer }: Services, { userId }: KnownViewer, { known, name, json, rolledBackTo = null }: { known: KnownKey; name: EntryName; json: string; rolledBackTo?: number | null }): NextVersion {
  const held = known.sensitive ? { value: null, sealed: sealer.seal(entryId(name), json) } : { value: json, sealed: null };
  return { ...held, rolledBackTo, updatedBy: userId };
}

async function change({ store, telemetry }: Services, name: EntryName, demands: Demands): Promise<Outcome> {
  const { kind, entry } = await store.change({ name, ...demands });
  if (kind === 'changed' && entry) telemetry.changed(entry);
  if (kind !== 'conflict') return { entry };
  const refusal = new ClientError('CONFLICT', `expectedVersion must be the current version ${entry?.version ?? 0}, was ${demands.expectedVersion}`, { field: ['input', 'expectedVersion'] });
  telemetry.refused(name.key, refusal);
  return { entry, refusal };
}

async function attempt({ telemetry }: Services, key: string, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    const refusal = asClientError(error);
    if (!refusal) throw error;
    telemetry.refused(key, refusal);
    return { entry: null, refusal };
  }
}

function plainText({ sealer }: Services, version: Version): string {
  const text = version.sealed ? sealer.open(entryId(version), version.sealed) : version.value;
  if (text == null) throw new ClientError('UNAVAILABLE', `version ${version.version} was sealed under another secret`);
  return text;
}
