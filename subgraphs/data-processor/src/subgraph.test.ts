import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import type { EventBus } from '@mib/service/event-bus/event-bus';
import type { RunningService } from '@mib/service/lifecycle';
import { LiveTopic } from '@mib/service/pubsub';
import { VIEWER_HEADER, signViewer } from '@mib/service/viewer';
import type { TestDatabase } from '@mib/testkit/test-database';
import { testDatabase } from '@mib/testkit/test-database';
import { start } from './subgraph.ts';

const SECRET = 'a secret of at least 32 characters!';
const BARS_PER_RECORD = 500;
/** The engine is away all through this file: history and watchlists must not need it. */
const NO_ENGINE = '127.0.0.1:1';
/** Computed with numpy from the same file. */
const EXPECTED_VOLATILITY = 0.833169186538118;
const EXPECTED_CHANGE = -4.939909023146837;
const EXPECTED_MARCH = { open: '2974.280029', high: '3136.719971', low: '2191.860107', close: '2584.590088' };

let database: TestDatabase;
let bus: EventBus;
let subgraph: RunningService;

beforeAll(async () => {
  database = await testDatabase();
  bus = await openEventBus({ databaseUrl: database.url });
  subgraph = await start({ DATABASE_URL: database.url, ENGINE_ADDRESS: NO_ENGINE, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent' });
  await publishInstruments(['SPX.XSIM', 'SPY.XSIM']);
  await rowsArrived(2, await publishSp500());
});
afterAll(async () => {
  await subgraph[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('the S&P 500 from the bus', () => {
  it('ends with the close of 2020-04-17, labelled as history', async () => {
    const { data } = await ask('{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument { candles(interval: D1, first: 1) { edges { node { openTime closeTime open close volume trades turnover vwap final revision source synthetic } } } } } }');
    expect(data._entities[0].candles.edges[0].node).toEqual({
      openTime: '2020-04-17T00:00:00Z', closeTime: '2020-04-18T00:00:00Z', open: '2842.429932', close: '2874.560059', volume: '5792140000',
      trades: null, turnover: null, vwap: null, final: true, revision: 0, source: 'HISTORY', synthetic: false,
    });
  });

  it('has the indicators that TA-Lib has', async () => {
    const reference = JSON.parse(readFileSync(new URL('../fixtures/talib-sp500.json', import.meta.url), 'utf8')) as { cases: { spec: { kind: string; period?: number }; values: Record<string, number[]> }[] };
    const expected = (kind: string, period?: number) => reference.cases.find((each) => each.spec.kind === kind && each.spec.period === period)!.values;
    const { data } = await ask(`{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument {
      sma: indicator(spec: { kind: SMA, period: 200 }, interval: D1) { ...V } rsi: indicator(spec: { kind: RSI }, interval: D1) { ...V }
      macd: indicator(spec: { kind: MACD }, interval: D1) { ...V } atr: indicator(spec: { kind: ATR }, interval: D1) { ...V } bbands: indicator(spec: { kind: BBANDS }, interval: D1) { ...V } } } }
      fragment V on IndicatorValue { openTime ready final synthetic components { name value } }`);
    const wanted = { sma: expected('SMA', 200), rsi: expected('RSI', 14), macd: expected('MACD'), atr: expected('ATR', 14), bbands: expected('BBANDS', 20) };
    for (const [alias, values] of Object.entries(wanted)) {
      const got = data._entities[0][alias];
      expect(got).toMatchObject({ openTime: '2020-04-17T00:00:00Z', ready: true, final: true, synthetic: false });
      for (const { name, value } of got.components) expect(Math.abs(value / values[name]!.at(-1)! - 1)).toBeLessThan(1e-9);
    }
  });

  it('has the volatility of the crash, and weeks and months made of its days', async () => {
    const { data } = await ask('{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument { stats(window: 30) { returns asOf realisedVol changePercent synthetic } candles(interval: MO1, first: 2) { edges { node { openTime open high low close } } } } } }');
    const { stats, candles } = data._entities[0];
    expect(stats).toMatchObject({ returns: 30, asOf: '2020-04-18T00:00:00Z', synthetic: false });
    // std(diff(log(close[-31:])), ddof=1) * sqrt(252)
    expect(stats.realisedVol).toBeCloseTo(EXPECTED_VOLATILITY, 10);
    expect(stats.changePercent).toBeCloseTo(EXPECTED_CHANGE, 8);
    expect(candles.edges.map((edge: { node: { openTime: string } }) => edge.node.openTime)).toEqual(['2020-04-01T00:00:00Z', '2020-03-01T00:00:00Z']);
    expect(candles.edges[1].node).toEqual({ openTime: '2020-03-01T00:00:00Z', ...EXPECTED_MARCH });
  });

  it('has the statistics that numpy has', async () => {
    const reference = JSON.parse(readFileSync(new URL('../fixtures/statistics-sp500.json', import.meta.url), 'utf8'));
    const { data } = await ask(`{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument {
      realisedVolatility(estimator: YANG_ZHANG, window: 30, first: 2) { edges { node { openTime value } } pageInfo { hasNextPage } }
      coMovement(with: "SPX.XSIM", first: 1) { edges { node { correlation beta } } }
      drawdown { depth peakAt troughAt recoveredAt } seasonality(season: MONTH_OF_YEAR) { part returns mean } } } }`);
    const [{ realisedVolatility, coMovement, drawdown, seasonality }] = data._entities;
    expect(realisedVolatility.edges[0].node.openTime).toBe('2020-04-17T00:00:00Z');
    expect(realisedVolatility.edges[0].node.value).toBeCloseTo(reference.volatility.YANG_ZHANG, 10);
    expect(realisedVolatility.pageInfo.hasNextPage).toBe(true);
    expect(coMovement.edges[0].node.correlation).toBeCloseTo(1, 12);
    expect(coMovement.edges[0].node.beta).toBeCloseTo(1, 12);
    expect(drawdown).toMatchObject({ peakAt: `${reference.drawdown.peak}T00:00:00Z`, troughAt: `${reference.drawdown.trough}T00:00:00Z`, recoveredAt: `${reference.drawdown.recovered}T00:00:00Z` });
    expect(seasonality.map((each: { returns: number }) => each.returns)).toEqual(reference.season.map((each: { returns: number }) => each.returns));
  });

  it('is adjusted on read for a split and a dividend, exactly', async () => {
    await bus.publish('reference.corporate-actions', [
      { id: 'a', kind: 'SPLIT', exDate: '2020-04-17', newShares: 4, oldShares: 1 }, { id: 'b', kind: 'CASH_DIVIDEND', exDate: '2020-04-16', amount: '83.360107', currency: 'USD' },
    ].map((action) => ({ key: 'SPX.XSIM', value: JSON.stringify({ ...action, instrumentId: 'SPX.XSIM' }) })));
    const read = async (adjustment: string, interval: string) => {
      const { data } = await ask(`{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument { candles(interval: ${interval}, first: 3, adjustment: ${adjustment}) { edges { node { close high volume } } } } } }`);
      return data._entities[0].candles.edges.map((edge: { node: { close: string } }) => edge.node.close);
    };
    const raw = await read('NONE', 'D1');
    await eventually(async () => (await read('SPLIT', 'D1'))[1] !== raw[1] && (await read('SPLIT_AND_DIVIDEND', 'D1'))[2] !== (await read('SPLIT', 'D1'))[2]);
    expect(raw).toEqual(['2874.560059', '2799.550049', '2783.360107']);
    expect(await read('SPLIT', 'D1')).toEqual(['2874.560059', '699.88751225', '695.84002675']);
    // 2783.360107 - 83.360107 is 2700, and 2700 / 4 is 675.
    expect(await read('SPLIT_AND_DIVIDEND', 'D1')).toEqual(['2874.560059', '699.88751225', '675']);
    expect((await read('SPLIT_AND_DIVIDEND', 'W1'))[0]).toBe('2874.560059');
  });

  it('has indicators and statistics of adjusted prices, as of a moment those of what was known', async () => {
    const { data } = await ask(`{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument {
      raw: indicator(spec: { kind: SMA, period: 2 }, interval: D1) { ...V } split: indicator(spec: { kind: SMA, period: 2 }, interval: D1, adjustment: SPLIT) { ...V }
      before: indicator(spec: { kind: SMA, period: 2 }, interval: D1, adjustment: SPLIT_AND_DIVIDEND, at: "2020-04-15T12:00:00Z") { ...V }
      series: indicatorSeries(spec: { kind: SMA, period: 2 }, interval: D1, first: 3, adjustment: SPLIT_AND_DIVIDEND) { edges { node { components { value } } } }
      week: indicatorSeries(spec: { kind: MOM, period: 1 }, interval: W1, first: 1, adjustment: SPLIT) { edges { node { components { value } } } }
      none: realisedVolatility(estimator: CLOSE, window: 2, first: 1) { edges { node { value } } }
      both: realisedVolatility(estimator: CLOSE, window: 2, first: 1, adjustment: SPLIT_AND_DIVIDEND) { edges { node { value } } }
      coMovement(with: "SPX.XSIM", window: 2, first: 1, adjustment: SPLIT) { edges { node { correlation } } }
      days: drawdown(from: "2020-04-15T00:00:00Z", adjustment: SPLIT_AND_DIVIDEND) { depth candles } weeks: drawdown(interval: W1, from: "2020-03-01T00:00:00Z", adjustment: SPLIT) { depth }
      unadjusted: drawdown(interval: W1, from: "2020-03-01T00:00:00Z") { depth }
      seasonality(season: DAY_OF_WEEK, from: "2020-04-15T00:00:00Z", adjustment: SPLIT_AND_DIVIDEND) { part mean }
      stats(window: 2, adjustment: SPLIT_AND_DIVIDEND) { changePercent } } } } fragment V on IndicatorValue { components { value } }`);
    const [found] = data._entities;
    const valueOf = (value: { components: { value: number }[] }) => value.components[0]!.value;
    // Closes 2783.360107, 2799.550049, 2874.560059; before the split of 4, and the first before the dividend as well.
    const [a, b, c] = [675, 699.88751225, 2874.560059] as const;
    expect(valueOf(found.raw)).toBeCloseTo((2799.550049 + c) / 2, 9);
    expect(valueOf(found.split)).toBeCloseTo((b + c) / 2, 9);
    // The day before the ex-dates nothing of them is known: 13 and 14 April as they were traded.
    expect(valueOf(found.before)).toBeCloseTo((2761.629883 + 2846.060059) / 2, 9);
    expect(found.series.edges.slice(0, 2).map((edge: { node: { components: { value: number }[] } }) => valueOf(edge.node))).toEqual([expect.closeTo((b + c) / 2, 9), expect.closeTo((a + b) / 2, 9)]);
    const volatility = (first: number, second: number) => (Math.abs(first - second) / Math.SQRT2) * Math.sqrt(252);
    expect(found.both.edges[0].node.value).toBeCloseTo(volatility(Math.log(b / a), Math.log(c / b)), 9);
    expect(found.none.edges[0].node.value).toBeCloseTo(volatility(Math.log(2799.550049 / 2783.360107), Math.log(c / 2799.550049)), 9);
    expect(found.coMovement.edges[0].node.correlation).toBeCloseTo(1, 12);
    expect(found.days).toEqual({ depth: 0, candles: 3 });
    expect(found.seasonality).toEqual([{ part: 4, mean: expect.closeTo(Math.log(b / a), 12) }, { part: 5, mean: expect.closeTo(Math.log(c / b), 12) }]);
    expect(found.stats.changePercent).toBeCloseTo((c / a - 1) * 100, 9);
    // The week of the split ends after it and stays, the weeks before are a quarter; the fall of March is the same.
    expect(valueOf(found.week.edges[0].node)).toBeCloseTo(c - 2789.820068 / 4, 9);
    expect(found.weeks.depth).toBeCloseTo(found.unadjusted.depth, 12);
  });

  it('names what it refuses', async () => {
    const { errors } = await ask('{ _entities(representations: [{ __typename: "Instrument", id: "SPX.XSIM" }]) { ... on Instrument { candles(interval: D1, first: 501) { edges { cursor } } } } }');
    expect(errors[0]).toMatchObject({ message: 'first must be 1..500, was 501', extensions: { code: 'VALIDATION' } });
  });
});

describe('a watchlist', () => {
  it('is made, filled, emptied and deleted by its owner', async () => {
    const { data: made } = await ask('mutation { createWatchlist(input: { name: "  Tech ", instrumentIds: ["SPX.XSIM", "SPX.XSIM"] }) { watchlist { id name items { id } } userErrors { code } } }', 'ada');
    const { id, ...rest } = made.createWatchlist.watchlist;
    expect(rest).toEqual({ name: 'Tech', items: [{ id: 'SPX.XSIM' }] });
    const item = (field: string) => ask(`mutation { ${field}(input: { watchlistId: "${id}", instrumentId: "SPY.XSIM" }) { watchlist { items { id } } userErrors { message } } }`, 'ada');
    await item('addToWatchlist');
    expect((await item('addToWatchlist')).data.addToWatchlist).toEqual({ watchlist: { items: [{ id: 'SPX.XSIM' }, { id: 'SPY.XSIM' }] }, userErrors: [] });
    expect((await ask('{ _entities(representations: [{ __typename: "User", id: "ada" }]) { ... on User { watchlists { name items { id } } } } }', 'ada')).data._entities).toEqual([{ watchlists: [{ name: 'Tech', items: [{ id: 'SPX.XSIM' }, { id: 'SPY.XSIM' }] }] }]);
    await item('removeFromWatchlist');
    expect((await item('removeFromWatchlist')).data.removeFromWatchlist).toEqual({ watchlist: { items: [{ id: 'SPX.XSIM' }] }, userErrors: [] });
    expect((await ask(`mutation { deleteWatchlist(id: "${id}") { watchlist { name } userErrors { code } } }`, 'ada')).data.deleteWatchlist).toEqual({ watchlist: { name: 'Tech' }, userErrors: [] });
    expect((await ask(`{ watchlist(id: "${id}") { id } }`, 'ada')).data.watchlist).toBeNull();
  });

  it('does not exist for anybody else, by any path', async () => {
    const { data } = await ask('mutation { createWatchlist(input: { name: "Mine" }) { watchlist { id } } }', 'bob');
    const id: string = data.createWatchlist.watchlist.id;
    expect((await ask(`{ watchlist(id: "${id}") { name } }`, 'eve')).data.watchlist).toBeNull();
    const entities = `{ _entities(representations: [{ __typename: "Watchlist", id: "${id}" }, { __typename: "User", id: "bob" }]) { ... on Watchlist { name } ... on User { watchlists { name } } } }`;
    expect((await ask(entities, 'eve')).data._entities).toEqual([null, null]);
    expect((await ask(entities)).data._entities).toEqual([null, null]);
    expect((await ask(entities, 'bob')).data._entities).toEqual([{ name: 'Mine' }, { watchlists: [{ name: 'Mine' }] }]);
    for (const change of [`addToWatchlist(input: { watchlistId: "${id}", instrumentId: "SPX.XSIM" })`, `removeFromWatchlist(input: { watchlistId: "${id}", instrumentId: "SPX.XSIM" })`, `deleteWatchlist(id: "${id}")`]) {
      const [payload] = Object.values((await ask(`mutation { ${change} { watchlist { id } userErrors { code } } }`, 'eve')).data);
      expect(payload).toEqual({ watchlist: null, userErrors: [{ code: 'NOT_FOUND' }] });
    }
    expect((await ask(`{ watchlist(id: "${id}") { name } }`, 'bob')).data.watchlist).toEqual({ name: 'Mine' });
  });

  it('needs a signed-in viewer with the scope', async () => {
    const create = 'mutation { createWatchlist(input: { name: "No" }) { watchlist { id } } }';
    expect((await ask(create)).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect((await ask(create, 'ada', [])).errors[0]).toMatchObject({ message: 'scope watchlist:write is required', extensions: { code: 'FORBIDDEN' } });
    expect((await ask('{ watchlist(id: "x") { id } }')).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });

  it.each([
    ['an empty name', '{ name: "" }', 'VALIDATION', 'name must be 1..60 characters without control characters, was ""'],
    ['a long name', `{ name: "${'x'.repeat(61)}" }`, 'VALIDATION', `name must be 1..60 characters without control characters, was "${'x'.repeat(61)}"`],
    ['an unknown instrument', '{ name: "Odd", instrumentIds: ["NO.WHERE"] }', 'NOT_FOUND', 'no instrument "NO.WHERE"'],
    ['too many instruments', `{ name: "Long", instrumentIds: [${Array.from({ length: 201 }, (_, index) => `"I${index}"`).join(' ')}] }`, 'VALIDATION', 'a watchlist holds at most 200 instruments, would hold 201'],
    ['a name twice', '{ name: "Twice" }', 'CONFLICT', 'there is a watchlist named "Twice" already'],
  ])('is refused with %s', async (_, input, code, message) => {
    if (code === 'CONFLICT') await ask(`mutation { createWatchlist(input: ${input}) { watchlist { id } } }`, 'zoe');
    const { data } = await ask(`mutation { createWatchlist(input: ${input}) { watchlist { id } userErrors { code message } } }`, 'zoe');
    expect(data.createWatchlist).toEqual({ watchlist: null, userErrors: [{ code, message }] });
  });

  it('is one of at most fifty, however many are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 55 }, (_, index) => ask(`mutation { createWatchlist(input: { name: "L${index}" }) { watchlist { id } userErrors { code } } }`, 'max')));
    expect(made.filter((each) => each.data.createWatchlist.watchlist).length).toBe(50);
    expect(made.filter((each) => each.data.createWatchlist.userErrors[0]?.code === 'VALIDATION').length).toBe(5);
  });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong path fails the expectation
type Answer = { readonly data: any; readonly errors: any };

async function ask(query: string, userId?: string, scopes: readonly string[] = ['watchlist:write']): Promise<Answer> {
  const viewer = userId === undefined ? ({ kind: 'anonymous' } as const) : ({ kind: 'user', userId, roles: ['trader'], scopes } as const);
  const response = await fetch(subgraph.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signViewer(viewer, SECRET, Date.now()) },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

/** Resolves when it holds; what is asked goes through the whole service, so each look takes its time. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

async function publishInstruments(ids: readonly string[]): Promise<void> {
  await bus.publish('reference.instruments', ids.map((id) => ({ key: id, value: JSON.stringify({ id, number: 1, name: `Name of ${id}`, tradable: false }) })));
}

/** @returns the number of bars. */
async function publishSp500(): Promise<number> {
  const path = new URL('../data/sp500-2000.csv', pathToFileURL(createRequire(import.meta.url).resolve('vega-datasets')));
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const bars = lines.map((line) => line.split(',')).map(([date, open, high, low, close, , volume]) => ({ openTime: `${date}T00:00:00Z`, open, high, low, close, volume }));
  for (let from = 0; from < bars.length; from += BARS_PER_RECORD) {
    await bus.publish('market.bars', [{ key: 'SPX.XSIM', value: JSON.stringify({ instrumentId: 'SPX.XSIM', interval: 'D1', bars: bars.slice(from, from + BARS_PER_RECORD) }) }]);
  }
  return bars.length;
}

/** Resolves when two tables hold this many rows, looking again whenever a batch has been applied. */
async function rowsArrived(instruments: number, candles: number): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  const news = new LiveTopic<true>();
  const heard = news.subscribe({ maxQueued: 1, overflow: 'drop-oldest' });
  client.on('notification', () => news.publish(true));
  await client.query(`listen applied`);
  await client.query(`create function applied() returns trigger language plpgsql as $$ begin perform pg_notify('applied', ''); return null; end $$`);
  for (const table of ['checkpoints', 'instruments']) await client.query(`create trigger applied after insert or update on processor.${table} execute function applied()`);
  const counted = `select (select count(*) from processor.instruments) = $1 and (select count(*) from processor.candles where interval = 'D1') = $2 as done`;
  while (!(await client.query<{ done: boolean }>(counted, [instruments, candles])).rows[0]!.done) await heard.next();
  await client.end();
}
