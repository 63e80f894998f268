/** @jest-environment <rootDir>/subgraphs/ai-inference/dist/onnx-test-environment.js */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '@mib/service/database';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { ewmaAt } from '../domain/ewma.ts';
import { featuresAt, marketDays } from '../domain/features.ts';
import { forecastVolatility } from '../domain/log-har.ts';
import { openModelRegistry, type ModelRegistry } from '../registry/model-registry.ts';
import type { StoredBar } from '../store/daily-bars.ts';
import { readForecastRecords } from '../store/forecast-records.ts';
import { readNewestForecasts } from '../store/forecast-rows.ts';
import { readHistory } from '../training/read-history.ts';
import { Forecaster } from './forecaster.ts';

const DAY_MS = 86_400_000;
const history = readHistory();
const lastMs = history.at(-1)!.openTimeMs;

/** The last `count` days of the shipped history, moved by `days`, as the bus brings them. */
function barsOf(instrumentId: string, count: number, days = 0): StoredBar[] {
  return history.slice(-count).map((bar) => ({
    instrumentId, openTimeMs: bar.openTimeMs + days * DAY_MS, source: 'HISTORY', open: String(bar.open), high: String(bar.high), low: String(bar.low), close: String(bar.close),
  }));
}

describe('forecaster', () => {
  let db: TestDatabase;
  let pool: pg.Pool;
  let models: ModelRegistry;
  let forecaster: Forecaster;
  const announced = async () => (await pool.query<{ key: string; value: string }>('select key, value from ai.outbox order by id')).rows;
  const newest = async (instrumentId: string, limit = 500) => (await readNewestForecasts(pool, [instrumentId], { modelId: models.volatility.manifest.id, limit, beforeMs: null })).get(instrumentId) ?? [];

  beforeAll(async () => {
    db = await testDatabase();
    pool = createPool(db.url, { max: 2, applicationName: 'test' });
    models = await openModelRegistry(pool, fileURLToPath(new URL('../../models', import.meta.url)));
    forecaster = new Forecaster({ pool, model: models.volatility });
  });

  afterAll(async () => {
    await models[Symbol.asyncDispose]();
    await pool.end();
    await db[Symbol.asyncDispose]();
  });

  it('forecasts the day after the shipped history, as the reference does, and announces it', async () => {
    await forecaster.apply(barsOf('SPX.XSIM', 400));
    const forecasts = await newest('SPX.XSIM');
    expect(forecasts).toHaveLength(1);
    const { parameters } = models.volatility.manifest;
    const days = marketDays(history);
    const features = featuresAt(days, days.length - 1);
    const expected = forecastVolatility(parameters, features);
    expect(forecasts[0]).toMatchObject({ asOfMs: lastMs + DAY_MS, features, pointInTime: true, synthetic: false, outcome: null });
    expect(forecasts[0]!.dailyVolatility).toBeCloseTo(expected.daily, 14);
    expect(forecasts[0]!.lower).toBeCloseTo(expected.lower, 14);
    expect(forecasts[0]!.baselineVolatility).toBeCloseTo(Math.sqrt(ewmaAt(days.map((day) => day.variance), days.length - 1) * parameters.returnScale), 14);
    const [record, ...others] = (await announced()).filter(({ key }) => key === 'SPX.XSIM');
    expect(others).toEqual([]);
    expect(JSON.parse(record!.value)).toMatchObject({
      kind: 'VolatilityForecast', id: forecasts[0]!.id, horizon: 'D1', asOf: '2020-04-18T00:00:00.000Z', volatility: 'FALLING', confidence: models.volatility.manifest.claims.FALLING.hitRate,
    });
  });

  it('changes and announces nothing when the same bars come again', async () => {
    const before = [await newest('SPX.XSIM'), await announced()];
    expect(await forecaster.apply(barsOf('SPX.XSIM', 400))).toEqual([]);
    expect([await newest('SPX.XSIM'), await announced()]).toEqual(before);
  });

  it('adds what came once the next day is there, and corrects what followed from a corrected bar', async () => {
    const bars = barsOf('ABC.XSIM', 400, 200);
    await forecaster.apply(bars.slice(0, 390));
    await forecaster.apply(bars.slice(390, 391));
    const [last, previous] = await newest('ABC.XSIM');
    expect(last!.outcome).toBeNull();
    expect(previous!.outcome!.openTimeMs).toBe(bars[390]!.openTimeMs);
    await forecaster.apply(bars.slice(391));
    const corrected = { ...bars[395]!, high: String(Number(bars[395]!.high) * 1.05) };
    const changed = await forecaster.apply([corrected]);
    expect(changed.map(({ asOfMs }) => asOfMs)).toEqual(bars.slice(395).map((bar) => bar.openTimeMs + DAY_MS)); // not the forecast of that day itself
    // One by one, in one go or corrected later: the same bars give the same forecasts.
    await forecaster.apply(bars.map((bar, i) => ({ ...(i === 395 ? corrected : bar), instrumentId: 'DEF.XSIM' })));
    const facts = async (id: string) => (await newest(id)).map(({ id: _id, instrumentId: _instrument, ...rest }) => rest);
    const [stepwise, atOnce] = [await facts('ABC.XSIM'), await facts('DEF.XSIM')];
    expect(stepwise).toEqual(atOnce);
    expect(stepwise.length).toBeGreaterThan(100);
  });

  it('keeps a record of forecasts against outcomes by the loss of the scoreboard', async () => {
    const scored = (await newest('ABC.XSIM')).filter(({ outcome, pointInTime }) => outcome && pointInTime);
    const loss = (realised: number, said: number) => (realised / said) ** 2 - Math.log((realised / said) ** 2) - 1;
    const mean = (value: (forecast: (typeof scored)[number]) => number) => scored.reduce((sum, each) => sum + value(each), 0) / scored.length;
    const record = (await readForecastRecords(pool, ['ABC.XSIM', 'NONE.XSIM'], models.volatility.manifest.id)).get('ABC.XSIM')!;
    expect(record.days).toBe(scored.length);
    expect(record.qlike).toBeCloseTo(mean(({ outcome, dailyVolatility }) => loss(outcome!.dailyVolatility, dailyVolatility)), 10);
    expect(record.baselineQlike).toBeCloseTo(mean(({ outcome, baselineVolatility }) => loss(outcome!.dailyVolatility, baselineVolatility)), 10);
    expect(record.intervalCoverage).toBeCloseTo(mean(({ outcome, lower, upper }) => Number(outcome!.dailyVolatility >= lower && outcome!.dailyVolatility <= upper)), 10);
  });

  it('keeps hindsight only while it is the newest, and never announces it', async () => {
    const bars = barsOf('OLD.XSIM', 400, -1_000);
    for (let from = 0; from < bars.length; from += 100) await forecaster.apply(bars.slice(from, from + 100));
    const forecasts = await newest('OLD.XSIM');
    expect(forecasts.map(({ asOfMs, pointInTime }) => [asOfMs, pointInTime])).toEqual([[bars.at(-1)!.openTimeMs + DAY_MS, false]]);
    expect((await announced()).filter(({ key }) => key === 'OLD.XSIM')).toEqual([]);
  });

  it('lets HISTORY take the place of LIVE, never the other way round', async () => {
    const live = barsOf('MIX.XSIM', 40, 200).map((bar): StoredBar => ({ ...bar, source: 'LIVE' }));
    await forecaster.apply(live);
    expect((await newest('MIX.XSIM'))[0]!.synthetic).toBe(true);
    await forecaster.apply(live.map((bar) => ({ ...bar, source: 'HISTORY' })));
    expect((await newest('MIX.XSIM'))[0]!.synthetic).toBe(false);
    expect(await forecaster.apply(live)).toEqual([]);
  });

  it('leaves nothing behind when it fails', async () => {
    const failing = new Forecaster({ pool, model: { manifest: models.volatility.manifest, forecast: () => Promise.reject(new Error('no inference')) } as never });
    await expect(failing.apply(barsOf('BAD.XSIM', 60))).rejects.toThrow('no inference');
    expect((await pool.query(`select 1 from ai.daily_bars where instrument_id = 'BAD.XSIM'`)).rows).toEqual([]);
  });
});
