// What wakes the other parts of this service, in this process and in every replica: PostgreSQL notifies at commit.

import type pg from 'pg';

export const CHANNEL = 'risk';

export type Signal =
  | { readonly kind: 'account'; readonly id: string; readonly number: number }
  | { readonly kind: 'alert'; readonly id: string }
  | { readonly kind: 'trading-state'; readonly accountNumber: number; readonly version: number }
  | { readonly kind: 'closes'; readonly instrumentId: string };

export async function signal(client: pg.ClientBase, signals: readonly Signal[]): Promise<void> {
  if (signals.length === 0) return;
  await client.query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [CHANNEL, signals.map((each) => JSON.stringify(each))]);
}
