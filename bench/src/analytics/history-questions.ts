// What is asked of a history of any size: the same questions over the graph of a data-processor of its own process, some at
// a time, each answer checked by arithmetic. Corrections of bars long moved come last: they must find what lies around them.

import { MAX_WHOLE_SERIES } from '@mib/data-processor/domain/indicators/indicator-point';
import { openEventBus } from '@mib/service/event-bus/open-event-bus';
import { closeCents, END_MS, INSTRUMENTS, instrumentId, type HistorySize } from './history-files.ts';

const MINUTE_MS = 60_000;
const PAGE = 500;
/** Pages that one reader walks through, one after the other. */
const WALKED_PAGES = 10;
const PLACES = 24;
const FOLDED = 4;
/** Requests at a time. */
const CONCURRENT = 4;
const CORRECTED = 500;

export interface Asked {
  readonly questions: number;
  /** Of a page of 500 candles at any place in time, alone; median. */
  readonly pageMs: number;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong path fails the check
type Answer = any;
type Ask = (fields: string, instruments?: readonly number[]) => Promise<Answer>;

/** @throws {Error} naming the answer that is wrong. */
export async function askAll(url: string, databaseUrl: string, size: HistorySize): Promise<Asked> {
  let questions = 0;
  const ask: Ask = async (fields, instruments = [0]) => {
    questions++;
    const representations = instruments.map((each) => `{ __typename: "Instrument", id: "${instrumentId(each)}" }`).join(' ');
    const { data } = await request(url, `{ _entities(representations: [${representations}]) { ... on Instrument { ${fields} } } }`);
    return data._entities;
  };
  const pageMs = await pages(ask, size);
  const others = [...walks(ask), ...folds(ask, size), ...rolling(ask, size), ...counts(ask, size), () => screen(url)];
  await inTurns(others);
  await correct(databaseUrl, ask, size);
  return { questions: questions + 2, pageMs };
}

/** One after the other at places all over the history. */
async function pages(ask: Ask, size: HistorySize): Promise<number> {
  const tookMs: number[] = [];
  for (let place = 0; place < PLACES; place++) {
    const instrument = (place * 7) % INSTRUMENTS;
    const beforeMs = END_MS - Math.floor((place / PLACES) * (size.candles - PAGE)) * MINUTE_MS;
    const startedMs = performance.now();
    const [{ candles }] = await ask(`candles(interval: M1, first: ${PAGE}, to: "${iso(beforeMs)}") { edges { node { openTime close } } }`, [instrument]);
    tookMs.push(performance.now() - startedMs);
    candles.edges.forEach(({ node }: Answer, index: number) => {
      const openTimeMs = beforeMs - (index + 1) * MINUTE_MS;
      equal('candle of a page', [node.openTime, node.close], [iso(openTimeMs), decimal(closeCents(instrument, openTimeMs / MINUTE_MS))]);
    });
    equal('candles of a page', candles.edges.length, PAGE);
  }
  return tookMs.sort((a, b) => a - b)[PLACES >> 1]!;
}

/** Readers that go from page to page, and pages of all instruments at once. */
function walks(ask: Ask): (() => Promise<void>)[] {
  const walk = (field: string) => async () => {
    let after = '';
    for (let page = 0; page < WALKED_PAGES; page++) {
      const [answer] = await ask(`${field}(first: ${PAGE}${field === 'candles' ? ', interval: M1' : ''}${after}) { edges { cursor } pageInfo { endCursor } }`, [1]);
      equal(`${field} of a page`, answer[field].edges.length, PAGE);
      after = `, after: "${answer[field].pageInfo.endCursor}"`;
    }
  };
  const all = Array.from({ length: INSTRUMENTS }, (_, index) => index);
  const many = async () => {
    for (const each of await ask('candles(interval: M1, first: 100) { edges { node { close } } }', all)) equal('candles of many', each.candles.edges.length, 100);
  };
  return [walk('candles'), walk('trades'), many];
}

/** Over the whole series of an instrument. */
function folds(ask: Ask, size: HistorySize): (() => Promise<void>)[] {
  return Array.from({ length: FOLDED }, (_, instrument) => async () => {
    const [{ drawdown, seasonality }] = await ask('drawdown(interval: M1) { candles depth } seasonality(season: HOUR_OF_DAY, interval: M1) { returns }', [instrument]);
    equal('candles of a drawdown', drawdown.candles, size.candles);
    equal('returns of the hours', seasonality.reduce((sum: number, each: Answer) => sum + each.returns, 0), size.candles - 1);
  });
}

/** The longest windows, in the middle of the history. */
function rolling(ask: Ask, size: HistorySize): (() => Promise<void>)[] {
  const page = `to: "${iso(END_MS - Math.floor(size.candles / 2) * MINUTE_MS)}", first: ${PAGE}`;
  const fields = [
    `realisedVolatility(estimator: YANG_ZHANG, window: 1000, interval: M1, ${page}) { edges { node { value } } }`,
    `coMovement(with: "${instrumentId(9)}", window: 1000, interval: M1, ${page}) { edges { node { correlation } } }`,
    `indicatorSeries(spec: { kind: SMA, period: 1000 }, interval: M1, ${page}) { edges { node { ready } } }`,
  ];
  return fields.map((field) => async () => {
    const [answer] = await ask(field);
    equal('points of a page', (Object.values(answer) as Answer[])[0].edges.length, PAGE);
  });
}

/** Indicators that count from the first candle of a series: the longest reads there are, some at a time. */
function counts(ask: Ask, size: HistorySize): (() => Promise<void>)[] {
  return ['OBV', 'AD', 'OBV'].map((kind, index) => async () => {
    const asked = ask(`indicatorSeries(spec: { kind: ${kind} }, interval: M1, first: 1) { edges { node { ready } } }`, [index]);
    if (size.candles <= MAX_WHOLE_SERIES) return equal('a whole series', (await asked)[0].indicatorSeries.edges.length, 1);
    const refusal = await asked.then(() => 'an answer', String);
    if (!refusal.includes(`reads at most ${MAX_WHOLE_SERIES}`)) throw new Error(`a series of ${size.candles} must be refused, was ${refusal}`);
  });
}

async function screen(url: string): Promise<void> {
  const { data } = await request(url, `{ screen(first: 500, input: { interval: M1, limit: 500, rankBy: { metric: CLOSE },
    conditions: [{ left: { indicator: { kind: SMA, period: 200 } }, comparison: ABOVE, right: { value: 0 } }, { left: { indicator: { kind: RSI } }, comparison: AT_LEAST, right: { value: 0 } }] }) { edges { node { instrument { id } } } } }`);
  equal('members of the screen', data.screen.edges.length, INSTRUMENTS);
  equal('first of the screen', data.screen.edges[0].node.instrument.id, instrumentId(INSTRUMENTS - 1));
}

/** One record of bars that are spread over the whole history; each makes six coarser candles again. */
async function correct(databaseUrl: string, ask: Ask, size: HistorySize): Promise<void> {
  const everyMs = Math.floor(size.candles / CORRECTED) * MINUTE_MS;
  const bars = Array.from({ length: CORRECTED }, (_, index) => ({ openTime: iso(END_MS - MINUTE_MS - index * everyMs), open: '1', high: '9999', low: '1', close: '2', volume: '3' }));
  await using bus = await openEventBus({ databaseUrl });
  await bus.publish('market.bars', [{ key: instrumentId(2), value: JSON.stringify({ instrumentId: instrumentId(2), interval: 'M1', bars }) }]);
  const newest = `candles(interval: M1, first: 1) { edges { node { close revision } } }`;
  for (let found; found?.revision !== 1; ) found = (await ask(newest, [2]))[0].candles.edges[0].node;
  // The five minutes hold the corrected minute and four as they were.
  const [{ candles }] = await ask('candles(interval: M5, first: 1) { edges { node { open high close } } }', [2]);
  equal('five minutes around a corrected one', candles.edges[0].node, { open: decimal(closeCents(2, END_MS / MINUTE_MS - 5) - 3), high: '9999', close: '2' });
}

async function inTurns(work: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...work];
  await Promise.all(Array.from({ length: CONCURRENT }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
  }));
}

async function request(url: string, query: string): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  const answer = (await response.json()) as Answer;
  if (answer.errors) throw new Error(`${query.slice(0, 200)}: ${JSON.stringify(answer.errors)}`);
  return answer;
}

function equal(what: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${what} must be ${JSON.stringify(expected)}, was ${JSON.stringify(found)}`);
}

function decimal(cents: number): string {
  return String(cents / 100);
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}
