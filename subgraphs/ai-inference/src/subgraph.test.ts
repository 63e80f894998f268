/** @jest-environment <rootDir>/subgraphs/ai-inference/dist/onnx-test-environment.js */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import pg from 'pg';
import { WebSocket } from 'ws';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import type { DeliveredRecord, EventBus } from '@mib/service/event-bus/event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { graphql } from '@mib/testkit/graphql';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { readHistory } from './training/read-history.ts';
import { start } from './subgraph.ts';

const DAY_MS = 86_400_000;
const history = readHistory().slice(-300);
const INSTRUMENTS = Array.from({ length: 50 }, (_, i) => `I${i}.XSIM`);

function candles(instrumentId: string, bars: readonly (typeof history)[number][]) {
  return {
    key: instrumentId,
    value: JSON.stringify({
      instrumentId, interval: 'D1',
      candles: bars.map((bar) => ({ openTime: new Date(bar.openTimeMs).toISOString(), open: String(bar.open), high: String(bar.high), low: String(bar.low), close: String(bar.close), volume: null, source: 'HISTORY', final: true })),
    }),
  };
}

describe('ai-inference on its own', () => {
  let db: TestDatabase;
  let bus: EventBus;
  let service: RunningService;
  let sockets: Client;
  let url: string;
  const announcements: DeliveredRecord[] = [];
  let announced: (() => void) | undefined;

  const ask = (query: string, variables = {}) => graphql(url, { query, variables });
  const entities = (typename: string, representations: readonly object[], selection: string) =>
    ask(`query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { ${selection} } } }`, { r: representations.map((each) => ({ __typename: typename, ...each })) });
  /** Resolves once `count` forecasts have been announced on the bus. */
  const forecastsAnnounced = (count: number) => new Promise<void>((resolve) => {
    announced = () => announcements.length >= count && resolve();
    announced();
  });

  /** Resolves once the service counts so many subscriptions. */
  const subscriptions = async (count: number) => {
    while (!(await (await fetch(`${url}/metrics`)).text()).includes(`mib_graphql_active_subscriptions{service="ai-inference"} ${count}\n`));
  };

  beforeAll(async () => {
    db = await testDatabase();
    bus = await openEventBus({ databaseUrl: db.url });
    service = await start({ DATABASE_URL: db.url, MIB_INTERNAL_SECRET: 'a secret of at least 32 characters!', LOG_LEVEL: 'silent' });
    url = service.url.replace(/\/graphql$/, '');
    sockets = createClient({ url: service.url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: false });
    const subscription = bus.subscribe({
      topics: ['ai.forecasts'], group: 'test', from: 'earliest',
      handle: async (records) => {
        announcements.push(...records);
        announced?.();
      },
    });
    await subscription.ready;
    await bus.publish('market.candles', INSTRUMENTS.map((id) => candles(id, history)));
    await forecastsAnnounced(INSTRUMENTS.length);
  });

  afterAll(async () => {
    await sockets.dispose();
    await service[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
    await db[Symbol.asyncDispose]();
  });

  it('shows its models with the scores they earned', async () => {
    const { data, errors } = await ask('{ models { id kind current sha256 trainedThrough training { command bars licence } claims { claim hitRate baseRate } scoreboards { target baselineName improvementPercent days from to periods { name } } } }');
    expect(errors).toBeUndefined();
    expect(data.models.map((model: { id: string }) => model.id)).toEqual(['finance-lexicon-1.0.0', 'volatility-log-har-1.0.0']);
    const [lexicon, volatility] = data.models;
    expect(lexicon).toMatchObject({ kind: 'SENTIMENT', current: true, trainedThrough: null, training: null, scoreboards: [], claims: [] });
    expect(volatility).toMatchObject({ kind: 'VOLATILITY', current: true, trainedThrough: '2020-04-17', training: { command: 'npm run train', bars: 5105, licence: 'BSD-3-Clause' } });
    expect(volatility.scoreboards[0]).toMatchObject({ target: 'REALISED_VARIANCE', baselineName: 'EWMA_REALISED', days: 4104 });
    expect(volatility.scoreboards[0].improvementPercent).toBeGreaterThanOrEqual(15);
    expect((await ask('{ model(id: "nothing-1.0.0") { id } }')).data).toEqual({ model: null });
  });

  it('answers what the Cockpit asks, for 50 instruments at once', async () => {
    const { data, errors } = await entities('Instrument', INSTRUMENTS.map((id) => ({ id })), 'signals(first: 1) { direction volatility confidence at model { name version } forecast { id annualisedVolatility } }');
    expect(errors).toBeUndefined();
    for (const { signals } of data._entities) {
      expect(signals).toHaveLength(1);
      expect(signals[0]).toMatchObject({ direction: 'FLAT', volatility: 'FALLING', at: '2020-04-18T00:00:00.000Z', model: { name: 'volatility-log-har', version: '1.0.0' } });
      expect(signals[0].confidence).toBeGreaterThan(0.7);
    }
  });

  it('reads 50 instruments with as many statements as one', async () => {
    const selection = 'forecast { id scoreboard { improvementPercent } model { id } features { name value } } forecastRecord { days } signals { confidence model { name } }';
    const statements = countStatements(/\bai\.(forecasts|models)\b/);
    const one = await entities('Instrument', [{ id: INSTRUMENTS[0] }], selection);
    const forOne = statements.count;
    const many = await entities('Instrument', INSTRUMENTS.map((id) => ({ id })), selection);
    expect(many.errors).toBeUndefined();
    statements[Symbol.dispose]();
    expect([forOne, statements.count - forOne]).toEqual([4, 4]); // newest forecast, newest ten, record, model
    expect(many.data._entities[0]).toEqual(one.data._entities[0]);
  });

  it('gives the forecast with its grounds and its scoreboard', async () => {
    const { data, errors } = await entities('Instrument', [{ id: 'I7.XSIM' }, { id: 'NONE.XSIM' }], `forecast { id horizon asOf dailyVolatility annualisedVolatility lower upper baselineVolatility pointInTime synthetic
      instrument { id } model { id } scoreboard { target improvementPercent method } features { name value } outcome { openTime } } forecastRecord { days }`);
    expect(errors).toBeUndefined();
    const [{ forecast, forecastRecord }, none] = data._entities;
    expect(none).toEqual({ forecast: null, forecastRecord: null });
    expect(forecastRecord).toBeNull();
    expect(forecast).toMatchObject({ horizon: 'D1', asOf: '2020-04-18T00:00:00.000Z', pointInTime: true, synthetic: false, outcome: null, instrument: { id: 'I7.XSIM' }, model: { id: 'volatility-log-har-1.0.0' } });
    expect(forecast.annualisedVolatility).toBeCloseTo(forecast.dailyVolatility * Math.sqrt(252), 12);
    expect(forecast.lower).toBeLessThan(forecast.annualisedVolatility);
    expect(forecast.upper).toBeGreaterThan(forecast.annualisedVolatility);
    expect(forecast.features.map(({ name }: { name: string }) => name)).toEqual(['varianceDay', 'varianceWeek', 'varianceMonth', 'fallDay', 'fallWeek', 'fallMonth', 'level']);
    const again = await entities('VolatilityForecast', [{ id: forecast.id }, { id: 'nothing' }], 'id dailyVolatility');
    expect(again.data._entities).toEqual([{ id: forecast.id, dailyVolatility: forecast.dailyVolatility }, null]);
  });

  it('streams a new forecast and its signal when a day becomes final, and pages through both', async () => {
    const id = 'I3.XSIM';
    const updates = sockets.iterate<{ forecastUpdated: { instrument: { id: string }; asOf: string } }>({ query: `subscription { forecastUpdated(instrumentIds: ["${id}"]) { instrument { id } asOf } }` });
    const signals = sockets.iterate<{ signalEmitted: { volatility: string; forecast: { asOf: string } } }>({ query: `subscription { signalEmitted(instrumentIds: ["${id}"]) { volatility confidence forecast { asOf } } }` });
    const [update, signal] = [updates.next(), signals.next()];
    await subscriptions(2);
    const last = history.at(-1)!;
    const next = { ...last, openTimeMs: last.openTimeMs + 3 * DAY_MS, open: last.close, high: last.close * 1.03, low: last.close * 0.97, close: last.close * 0.98 };
    await bus.publish('market.candles', [candles(id, [next])]);
    expect((await update).value.data.forecastUpdated).toEqual({ instrument: { id }, asOf: '2020-04-21T00:00:00.000Z' });
    expect((await signal).value.data.signalEmitted).toMatchObject({ forecast: { asOf: '2020-04-21T00:00:00.000Z' } });
    await Promise.all([updates.return?.(), signals.return?.()]);

    const page = (after: string | null) => ask(`query ($r: [_Any!]!, $after: String) { _entities(representations: $r) { ... on Instrument { forecastRecord { days qlike } forecasts(first: 1, after: $after) {
      edges { cursor node { asOf outcome { openTime withinInterval } } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`, { r: [{ __typename: 'Instrument', id }], after });
    const first = (await page(null)).data._entities[0];
    expect(first.forecastRecord.days).toBe(1);
    expect(first.forecasts.edges[0].node).toEqual({ asOf: '2020-04-21T00:00:00.000Z', outcome: null });
    expect(first.forecasts.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = (await page(first.forecasts.pageInfo.endCursor)).data._entities[0].forecasts;
    expect(second.edges[0].node).toMatchObject({ asOf: '2020-04-18T00:00:00.000Z', outcome: { openTime: '2020-04-20T00:00:00.000Z' } });
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('reads the tone of a headline that another subgraph owns', async () => {
    const { data, errors } = await entities('NewsArticle', [{ id: 'n1', headline: 'Acme beats estimates as profit surges' }, { id: 'n2' }], 'id sentiment { score label sampleSize words { name value } model { id kind } }');
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([
      { id: 'n1', sentiment: { score: 5 / 6, label: 'POSITIVE', sampleSize: 3, words: [{ name: 'beats', value: 2 }, { name: 'profit', value: 1 }, { name: 'surges', value: 2 }], model: { id: 'finance-lexicon-1.0.0', kind: 'SENTIMENT' } } },
      { id: 'n2', sentiment: null },
    ]);
  });

  it.each([
    ['signals(first: 0) { id }', 'first must be 1..500, was 0'],
    ['forecasts(first: 501) { edges { cursor } }', 'first must be 1..500, was 501'],
    ['forecasts(after: "x") { edges { cursor } }', 'after must be a cursor of this list, was "x"'],
    ['forecast(modelId: "finance-lexicon-1.0.0") { id }', 'modelId must be a volatility model, was "finance-lexicon-1.0.0"'],
  ])('refuses %s', async (selection, message) => {
    const { errors } = await entities('Instrument', [{ id: 'I1.XSIM' }], selection);
    expect(errors).toMatchObject([{ message, extensions: { code: 'VALIDATION' } }]);
  });
});

/** Counts statements of this process whose text matches. */
function countStatements(pattern: RegExp): Disposable & { readonly count: number } {
  const original = pg.Client.prototype.query as (this: pg.Client, ...parameters: unknown[]) => unknown;
  let count = 0;
  const counting = function (this: pg.Client, ...parameters: unknown[]): unknown {
    const [query] = parameters;
    if (pattern.test(typeof query === 'string' ? query : String((query as { text?: string }).text))) count += 1;
    return original.apply(this, parameters);
  };
  pg.Client.prototype.query = counting as typeof pg.Client.prototype.query;
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]() {
      pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
    },
  };
}
