// Puts notifications into users' inboxes, in the transaction of whatever made them. A user's inbox row is locked while
// numbers are drawn, so they become visible in order and without gaps: a reader that has seen number n never finds a
// smaller one later. The bus record leaves through the outbox, subscribers are woken by the commit.

import { randomUUID } from 'node:crypto';
import { formatTimestamp } from '@mib/model/timestamp';
import { writeOutbox } from '@mib/service/outbox';
import type pg from 'pg';
import { MAX_KEPT_PER_USER, type NotificationDraft } from '../domain/notification.ts';
import { NOTIFICATIONS_TOPIC, type NotificationAnnouncement } from '../events.ts';

export const SCHEMA = 'notification';
/** PostgreSQL channel; the payload is a user id. */
export const WAKE_CHANNEL = 'notification_created';

interface Numbered extends NotificationDraft {
  readonly id: string;
  readonly number: number;
}

/** @returns how many of the drafts were new. */
export async function addNotifications(client: pg.PoolClient, drafts: readonly NotificationDraft[]): Promise<number> {
  if (drafts.length === 0) return 0;
  const lastNumbers = await lockInboxes(client, [...new Set(drafts.map((draft) => draft.userId))].sort());
  const fresh = await withoutKnown(client, drafts);
  const numbered = fresh.map((draft): Numbered => {
    const number = lastNumbers.get(draft.userId)! + 1;
    lastNumbers.set(draft.userId, number);
    return { ...draft, id: randomUUID(), number };
  });
  if (numbered.length === 0) return 0;
  await insert(client, numbered);
  await moveInboxes(client, lastNumbers);
  await writeOutbox(client, SCHEMA, NOTIFICATIONS_TOPIC, numbered.map((each) => ({ key: each.userId, value: JSON.stringify(announcementOf(each)) })));
  await client.query('select pg_notify($1, user_id) from unnest($2::text[]) as user_id', [WAKE_CHANNEL, [...new Set(numbered.map((each) => each.userId))]]);
  return numbered.length;
}

/** Locked in one order everywhere, so two transactions cannot wait for each other. */
async function lockInboxes(client: pg.PoolClient, userIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await client.query<{ user_id: string; last_number: string }>(
    `insert into notification.inboxes as i (user_id, last_number) select user_id, 0 from unnest($1::text[]) with ordinality as u(user_id, position) order by position
     on conflict (user_id) do update set last_number = i.last_number returning user_id, last_number`,
    [userIds],
  );
  return new Map(rows.map((row) => [row.user_id, Number(row.last_number)]));
}

async function withoutKnown(client: pg.PoolClient, drafts: readonly NotificationDraft[]): Promise<NotificationDraft[]> {
  const nameOf = (userId: string, sourceKey: string) => `${userId}\n${sourceKey}`;
  const { rows } = await client.query<{ user_id: string; source_key: string }>(
    'select user_id, source_key from notification.notifications where (user_id, source_key) in (select * from unnest($1::text[], $2::text[]))',
    [drafts.map((draft) => draft.userId), drafts.map((draft) => draft.sourceKey)],
  );
  const known = new Set(rows.map((row) => nameOf(row.user_id, row.source_key)));
  return drafts.filter(({ userId, sourceKey }) => {
    const name = nameOf(userId, sourceKey);
    return !known.has(name) && known.add(name);
  });
}

async function insert(client: pg.PoolClient, numbered: readonly Numbered[]): Promise<void> {
  const column = <K extends keyof Numbered>(name: K): Numbered[K][] => numbered.map((each) => each[name]);
  await client.query(
    `insert into notification.notifications (id, user_id, number, source_key, rule_id, instrument_id, severity, title, body, at_ns)
     select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[])`,
    [column('id'), column('userId'), column('number'), column('sourceKey'), column('ruleId'), column('instrumentId'), column('severity'), column('title'), column('body'), column('atNs')],
  );
}

async function moveInboxes(client: pg.PoolClient, lastNumbers: ReadonlyMap<string, number>): Promise<void> {
  const values = [[...lastNumbers.keys()], [...lastNumbers.values()]];
  await client.query('update notification.inboxes i set last_number = v.number from unnest($1::text[], $2::bigint[]) as v(user_id, number) where i.user_id = v.user_id', values);
  if (![...lastNumbers.values()].some((number) => number > MAX_KEPT_PER_USER)) return;
  await client.query('delete from notification.notifications n using unnest($1::text[], $2::bigint[]) as v(user_id, number) where n.user_id = v.user_id and n.number <= v.number - $3', [...values, MAX_KEPT_PER_USER]);
}

function announcementOf({ id, userId, number, ruleId, instrumentId, severity, title, body, atNs }: Numbered): NotificationAnnouncement {
  return { id, userId, number, ruleId, instrumentId, severity, title, body, at: formatTimestamp(atNs) };
}
