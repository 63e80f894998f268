// Alerts and where each metric stands. The state rows are locked before anything is decided, so of two replicas that see
// the same thing one raises the alert and the other finds it raised.

import { inTransaction } from '@mib/service/database';
import { writeOutbox } from '@mib/service/outbox';
import type pg from 'pg';
import { observe, type AlertState, type NewAlert, type Observation } from '../domain/alert.ts';
import type { RiskLevel } from '../domain/risk-level.ts';
import { ALERTS_TOPIC, type AlertAnnouncement } from '../events.ts';
import { plain, type SqlRow } from './rows.ts';
import { signal } from './signals.ts';

export interface StoredAlert extends AlertAnnouncement {
  readonly level: RiskLevel;
}

export interface MetricKey {
  readonly accountNumber: number;
  readonly metric: string;
}

/** Judges what was observed; returns the level that each observation's metric has afterwards, in their order. */
export function raiseObserved(pool: pg.Pool, observations: readonly Observation[]): Promise<{ readonly levels: readonly RiskLevel[]; readonly alerts: readonly NewAlert[] }> {
  return inTransaction(pool, async (client) => {
    const states = await lockStates(client, observations);
    const outcomes = observations.map((observation) => observe(states.get(metricKey(observation)), observation));
    await saveStates(client, observations.map((observation, index) => ({ ...observation, state: outcomes[index]!.state })));
    const alerts = outcomes.flatMap(({ alert }) => (alert ? [alert] : []));
    await insertAlerts(client, alerts);
    return { levels: outcomes.map(({ state }) => state.level), alerts };
  });
}

/** States by `metricKey`, locked in a fixed order; a metric never seen stands at LOW. */
export async function lockStates(client: pg.PoolClient, keys: readonly MetricKey[]): Promise<Map<string, AlertState>> {
  const sorted = [...new Map(keys.map((key) => [metricKey(key), key])).values()].sort((a, b) => a.accountNumber - b.accountNumber || (a.metric < b.metric ? -1 : 1));
  const columns = [sorted.map((key) => key.accountNumber), sorted.map((key) => key.metric)];
  await client.query("insert into risk.alert_states (account_number, metric, level) select *, 'LOW' from unnest($1::int[], $2::text[]) on conflict do nothing", columns);
  const { rows } = await client.query(
    `select s.* from risk.alert_states s join unnest($1::int[], $2::text[]) k(account_number, metric) using (account_number, metric)
     order by account_number, metric for update of s`,
    columns,
  );
  return new Map(rows.map((row: SqlRow) => [metricKey({ accountNumber: row.account_number, metric: row.metric }), { level: row.level, alertedAtMs: row.alerted_at?.getTime() ?? null }]));
}

export async function saveStates(client: pg.PoolClient, entries: readonly (MetricKey & { readonly state: AlertState })[]): Promise<void> {
  await client.query(
    `update risk.alert_states s set level = n.level, alerted_at = n.alerted_at
     from unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[]) n(account_number, metric, level, alerted_at)
     where s.account_number = n.account_number and s.metric = n.metric`,
    [entries.map((e) => e.accountNumber), entries.map((e) => e.metric), entries.map((e) => e.state.level), entries.map((e) => isoTime(e.state.alertedAtMs))],
  );
}

/** Stores alerts and announces those whose account is known; the others follow with their account. */
export async function insertAlerts(client: pg.PoolClient, alerts: readonly NewAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  await client.query(
    `insert into risk.alerts (account_number, level, metric, observed, "limit", order_id, instrument_number, at)
     select * from unnest($1::int[], $2::text[], $3::text[], $4::numeric[], $5::numeric[], $6::bigint[], $7::int[], $8::timestamptz[])`,
    [
      alerts.map((a) => a.accountNumber), alerts.map((a) => a.level), alerts.map((a) => a.metric), alerts.map((a) => a.observed), alerts.map((a) => a.limit),
      alerts.map((a) => a.orderId), alerts.map((a) => a.instrumentNumber), alerts.map((a) => isoTime(a.atMs)),
    ],
  );
  await announceAlerts(client, [...new Set(alerts.map((alert) => alert.accountNumber))]);
}

export async function announceAlerts(client: pg.PoolClient, accountNumbers: readonly number[]): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `update risk.alerts a set announced = true from risk.accounts c
     where c.number = a.account_number and not a.announced and a.account_number = any($1::int[]) returning a.id`,
    [accountNumbers],
  );
  const ids = rows.map((row) => row.id);
  const announcements = await readAlerts(client, ids);
  await writeOutbox(client, 'risk', ALERTS_TOPIC, announcements.map((alert) => ({ key: alert.accountId, value: JSON.stringify(alert) })));
  await signal(client, ids.map((id) => ({ kind: 'alert', id })));
}

/** Oldest first. */
export async function readAlerts(client: pg.Pool | pg.PoolClient, ids: readonly string[]): Promise<StoredAlert[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query(
    `select a.*, c.id as account_id, c.user_id, i.id as instrument_id from risk.alerts a
     join risk.accounts c on c.number = a.account_number left join risk.instruments i on i.number = a.instrument_number
     where a.id = any($1::bigint[]) order by a.id`,
    [ids],
  );
  return rows.map(storedAlert);
}

export function metricKey({ accountNumber, metric }: MetricKey): string {
  return `${accountNumber} ${metric}`;
}

function storedAlert(row: SqlRow): StoredAlert {
  return {
    id: `alert_${row.id}`,
    accountId: row.account_id,
    userId: row.user_id,
    level: row.level,
    metric: row.metric,
    observed: row.observed && plain(row.observed),
    limit: row.limit && plain(row.limit),
    orderId: row.order_id,
    instrumentId: row.instrument_id,
    at: row.at.toISOString(),
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
