// Entries and their versions in PostgreSQL. All writers stand in one line behind an advisory lock: changes are rare, and
// so expected versions hold, sequences become visible in order, and nobody who follows them can miss one.
//
//   lock ─► newest version ─► decide ─► next version, pointer, outbox, NOTIFY ─► commit

import type { Prisma, PrismaClient } from '@mib/prisma/client';
import { ClientError } from '@mib/service/errors';
import { writeOutbox } from '@mib/service/outbox';
import { entryId, type EntryName, type Scope, type Version } from '../domain/entry.ts';
import { FLAG_PREFIX, MAX_FLAGS } from '../domain/feature-flag.ts';
import { CONFIG_CHANGES_TOPIC, changeRecord } from '../events.ts';

type Transaction = Prisma.TransactionClient;

export const SCHEMA = 'config';
/** Notified at the commit of every change. */
export const CHANGED_CHANNEL = 'config_changed';
/** Waiting for a connection, and then for one's turn; as long as a start on a busy machine may need. */
const TRANSACTION_MS = 30_000;
/** Records of one statement; entries of GLOBAL and SERVICE are as many as keys and flags. */
const ANNOUNCED_AT_ONCE = 500;

export interface NextVersion {
  readonly value: string | null;
  readonly sealed: Uint8Array | null;
  readonly rolledBackTo: number | null;
  readonly updatedBy: string | null;
}

export interface Change {
  readonly name: EntryName;
  /** Undefined: whatever is there. */
  readonly expectedVersion: number | undefined;
  /** True: checks and changes nothing. */
  readonly validateOnly?: boolean;
  /** Makes the next version of what is known of the older ones; may throw. */
  readonly decide: (find: (version: number) => Promise<Version | null>) => Promise<NextVersion>;
}

/** `entry` is the newest version: after the change, or the one that is in its way. */
export type ChangeOutcome = { readonly kind: 'changed' | 'checked' | 'conflict'; readonly entry: Version | null };

export class EntryStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** @throws {ClientError} VALIDATION for one flag too many, and whatever `decide` throws. */
  change({ name, expectedVersion, validateOnly, decide }: Change): Promise<ChangeOutcome> {
    return this.#inTurn(async (transaction) => {
      const { scope, scopeId, key } = name;
      const stored = await transaction.configEntry.findUnique({ where: { scope_scopeId_key: name }, include: { current: true } });
      const entry = stored && versionOf(stored.current);
      if (expectedVersion !== undefined && expectedVersion !== (entry?.version ?? 0)) return { kind: 'conflict', entry };
      const find = async (version: number) => optional(await transaction.configVersion.findUnique({ where: { scope_scopeId_key_version: { scope, scopeId, key, version } } }));
      const { sealed, ...next } = await decide(find);
      if (!entry && key.startsWith(FLAG_PREFIX)) await checkFlagCount(transaction);
      if (validateOnly) return { kind: 'checked', entry };
      const made = versionOf(await transaction.configVersion.create({ data: { ...name, ...next, sealed: sealed && new Uint8Array(sealed), version: (entry?.version ?? 0) + 1 } }));
      await transaction.configEntry.upsert({ where: { scope_scopeId_key: name }, create: { ...name, sequence: made.sequence }, update: { sequence: made.sequence } });
      await writeOutbox(transaction, SCHEMA, CONFIG_CHANGES_TOPIC, [changeRecord(made)]);
      await transaction.$executeRaw`select pg_notify(${CHANGED_CHANNEL}, '')`;
      return { kind: 'changed', entry: made };
    });
  }

  /** Says the state of all that services apply once more, so that it is on the bus however long ago it was set. */
  announceAll(): Promise<number> {
    return this.#inTurn(async (transaction) => {
      const entries = await transaction.configEntry.findMany({ where: { scope: { in: ['GLOBAL', 'SERVICE'] } }, include: { current: true }, orderBy: { sequence: 'asc' } });
      const records = entries.map((entry) => changeRecord(versionOf(entry.current)));
      for (let from = 0; from < records.length; from += ANNOUNCED_AT_ONCE) {
        await writeOutbox(transaction, SCHEMA, CONFIG_CHANGES_TOPIC, records.slice(from, from + ANNOUNCED_AT_ONCE));
      }
      return records.length;
    });
  }

  /** Newest versions, in no order; names without an entry are left out. */
  async byNames(names: readonly EntryName[]): Promise<Version[]> {
    const wanted = new Set(names.map(entryId));
    const where = { OR: [...groups(names)].map(([, group]) => ({ scope: group[0]!.scope, scopeId: group[0]!.scopeId, key: { in: group.map((name) => name.key) } })) };
    const entries = await this.#prisma.configEntry.findMany({ where, include: { current: true } });
    return entries.map((entry) => versionOf(entry.current)).filter((version) => wanted.has(entryId(version)));
  }

  /** Newest versions by scope id and key. @param scopeIds - null for all of them. */
  async inScope(scope: Scope, scopeIds: readonly string[] | null, prefix = ''): Promise<Version[]> {
    const where = { scope, key: { startsWith: prefix }, ...(scopeIds && { scopeId: { in: [...scopeIds] } }) };
    const entries = await this.#prisma.configEntry.findMany({ where, include: { current: true }, orderBy: [{ scopeId: 'asc' }, { key: 'asc' }] });
    return entries.map((entry) => versionOf(entry.current));
  }

  /** Up to `first` versions of each entry below `before`, newest first, in one statement. */
  async histories(names: readonly EntryName[], page: { readonly first: number; readonly before: number }): Promise<Version[]> {
    const [scopes, scopeIds, keys] = [names.map((name) => name.scope), names.map((name) => name.scopeId), names.map((name) => name.key)];
    const found = await this.#prisma.$queryRaw<{ sequence: bigint }[]>`
      select v.sequence from unnest(${scopes}::text[], ${scopeIds}::text[], ${keys}::text[]) as n(scope, scope_id, key)
      cross join lateral (
        select sequence from config.versions where scope = n.scope and scope_id = n.scope_id and key = n.key and version < ${page.before}
        order by version desc limit ${page.first}) as v`;
    const rows = await this.#prisma.configVersion.findMany({ where: { sequence: { in: found.map((row) => row.sequence) } }, orderBy: { sequence: 'desc' } });
    return rows.map(versionOf);
  }

  /** Versions of all entries after a sequence, oldest first. */
  async after(sequence: bigint, limit: number): Promise<Version[]> {
    return (await this.#prisma.configVersion.findMany({ where: { sequence: { gt: sequence } }, orderBy: { sequence: 'asc' }, take: limit })).map(versionOf);
  }

  /** 0 before the first. */
  async lastSequence(): Promise<bigint> {
    const { _max } = await this.#prisma.configVersion.aggregate({ _max: { sequence: true } });
    return _max.sequence ?? 0n;
  }

  #inTurn<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended('config.versions', 0))`;
      return work(transaction);
    }, { maxWait: TRANSACTION_MS, timeout: TRANSACTION_MS });
  }
}

async function checkFlagCount(transaction: Transaction): Promise<void> {
  const present = await transaction.configEntry.count({ where: { scope: 'GLOBAL', key: { startsWith: FLAG_PREFIX } } });
  if (present >= MAX_FLAGS) throw new ClientError('VALIDATION', `there may be at most ${MAX_FLAGS} flags, there are ${present}`);
}

function groups(names: readonly EntryName[]): Map<string, EntryName[]> {
  const byPlace = new Map<string, EntryName[]>();
  for (const name of names) {
    const place = `${name.scope}:${name.scopeId}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), name]);
  }
  return byPlace;
}

type Stored = Awaited<ReturnType<PrismaClient['configVersion']['findFirstOrThrow']>>;

function versionOf(stored: Stored): Version {
  return { ...stored, scope: stored.scope as Scope };
}

function optional(stored: Stored | null): Version | null {
  return stored && versionOf(stored);
}
