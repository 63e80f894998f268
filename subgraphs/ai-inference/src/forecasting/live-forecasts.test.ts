import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '@mib/service/database';
import { createLogger } from '@mib/service/logger';
import { createMetrics } from '@mib/service/metrics';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { FORECAST_CHANNEL } from '../events.ts';
import { createTelemetry } from '../telemetry.ts';
import { startLiveForecasts, type LiveForecasts } from './live-forecasts.ts';

describe('live forecasts', () => {
  let db: TestDatabase;
  let pool: pg.Pool;
  let live: LiveForecasts;

  beforeAll(async () => {
    db = await testDatabase();
    pool = createPool(db.url, { max: 2, applicationName: 'test' });
    await pool.query(`insert into ai.models (id, kind, sha256, manifest) values ('m-1.0.0', 'VOLATILITY', '', '{}')`);
    await pool.query(
      `insert into ai.forecasts (id, instrument_id, model_id, as_of, daily_volatility, lower, upper, baseline_volatility, strength, features, synthetic, point_in_time)
       select 'f' || n, 'A.XSIM', 'm-1.0.0', now(), 0.01, 0.005, 0.02, 0.01, 0, '{1,2}', false, true from generate_series(1, 3) n`,
    );
    live = startLiveForecasts({ pool, databaseUrl: db.url, telemetry: createTelemetry(createMetrics('test'), createLogger('test', { level: 'silent' })) });
    await live.ready;
  });

  afterAll(async () => {
    await live[Symbol.asyncDispose]();
    await pool.end();
    await db[Symbol.asyncDispose]();
  });

  const announce = (id: string) => pool.query('select pg_notify($1, $2)', [FORECAST_CHANNEL, id]);
  const listener = async () => (await pool.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and application_name = 'ai-inference live' and query like 'listen%'`)).rows[0]?.pid;

  it('hands every subscriber what was announced', async () => {
    const subscriptions = [1, 2].map(() => live.forecasts.subscribe({ maxQueued: 10, overflow: 'drop-oldest' }));
    const first = subscriptions.map((each) => each.next());
    await announce('f1');
    for (const each of first) expect((await each).value).toMatchObject({ id: 'f1', instrumentId: 'A.XSIM', features: [1, 2], outcome: null });
    for (const each of subscriptions) await each.return?.();
  });

  it('listens again after its session was lost', async () => {
    const lost = await listener();
    await pool.query('select pg_terminate_backend($1)', [lost]);
    for (let pid = await listener(); pid === undefined || pid === lost; ) pid = await listener();
    const subscription = live.forecasts.subscribe({ maxQueued: 10, overflow: 'drop-oldest' });
    const next = subscription.next();
    await announce('f2');
    expect((await next).value).toMatchObject({ id: 'f2' });
    expect(live.problem).toBeUndefined();
    await subscription.return?.();
  });
});
