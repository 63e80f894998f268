// Venues that fail by their seed, each without a socket: at no step a LIVE book that differs from the venue's at
// the same update number, or is older than before; at the end of the faults the venue's book.

import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { propertyRuns } from '@mib/testkit/property-runs';
import { createRandom, nextInteger } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { FakeMarket } from '../feed/fake-market.ts';
import { CLEAN, damageWith, FaultLine, ROUGH } from '../feed/fault-line.ts';
import { FeedError } from '../feed/feed-error.ts';
import { MemoryTransport } from '../feed/memory-transport.ts';
import { BookHistory, bookText, TruthCheck } from '../feed/truth-check.ts';
import { BINANCE, BinanceConnector } from './binance.ts';
import { bestFrame, diffFrame, snapshotAnswer } from './fake-binance-words.ts';

/** MIB_PROPERTY_RUNS=20 makes ten thousand. */
const SCHEDULES = propertyRuns(500);
const FAULTY_STEPS = 10;
/** Within so many clean steps the book must be the venue's. */
const CLEAN_STEPS = 60;
const TIMEOUT_MS = 600_000;
const STEP_MS = 300;
const SYMBOL = 'BTCUSDT';
const BOUNDS = { answerMs: 1_000, firstBackoffMs: 300, maxBackoffMs: 1_000 };
const LOGGER = createLogger('test', { level: 'silent' });
const LEVELS = 1_000;

describe('the book of Binance under faults', () => {
  it(`is never LIVE and wrong in ${SCHEDULES} schedules, and right at the end of each`, async () => {
    let gaps = 0;
    for (let seed = 1; seed <= SCHEDULES; seed += 1) {
      const schedule = await runSchedule(seed);
      if (schedule.problem !== undefined) throw new Error(`seed ${seed}: ${schedule.problem}`);
      gaps += schedule.gaps;
    }
    // The faults were real ones.
    expect(gaps).toBeGreaterThan(SCHEDULES / 2);
  }, TIMEOUT_MS);
});

async function runSchedule(seed: number) {
  const random = createRandom(seed);
  const market = new FakeMarket({ random, priceDecimals: 2, quantityDecimals: 8, levels: 12, midTicks: 452_840, maxChanges: 4 });
  const history = new BookHistory();
  const sink = new TruthCheck(new Map([[SYMBOL, history]]));
  // Digits are not changed: nothing in the protocol would show that.
  const line = new FaultLine(random, ROUGH, damageWith('x"}'));
  let nowMs = Date.UTC(2023, 9, 6);
  let text = '';
  let subscribed = false;
  let outbox: string[] = [];
  let requests: { steps: number; readonly resolve: (answer: string) => void; readonly reject: (error: Error) => void }[] = [];
  const remember = (): void => {
    text = bookText(market.levels('bids'), market.levels('asks'));
    history.add(text, market.updateId);
  };
  remember();

  const transport = new MemoryTransport((sent) => {
    const { method, id } = JSON.parse(sent) as { method: string; id: number };
    if (method === 'SUBSCRIBE') subscribed = true;
    outbox.push(`{"result":null,"id":${id}}`);
  });
  const rest = () => ({
    get: () => new Promise<string>((resolve, reject) => requests.push({ steps: nextInteger(random, 0, 4), resolve, reject })),
    [Symbol.asyncDispose]: async () => undefined,
  });
  const health = new SourceHealth({ id: 'binance', provider: 'Binance', kind: 'LIVE_FEED', synthetic: true, continuous: true }, () => nowMs);
  const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => undefined) };
  await using _connector = new BinanceConnector({ symbols: [SYMBOL], sink, health, clock, random, logger: LOGGER, urls: BINANCE.urls, bounds: BOUNDS }, transport.connect, rest);

  const answerRequests = async (faulty: boolean): Promise<void> => {
    const due = requests.filter((request) => (request.steps -= 1) < 0);
    requests = requests.filter((request) => request.steps >= 0);
    for (const { resolve, reject } of due) {
      if (faulty && random() < 0.15) reject(new FeedError('venue answered 429'));
      else resolve(snapshotAnswer(market, LEVELS));
    }
    // The connector's continuation runs in microtasks; a few turns see it through.
    for (let turn = 0; turn < 6 && due.length > 0; turn += 1) await undefined;
  };
  const step = async (faulty: boolean): Promise<void> => {
    nowMs += STEP_MS;
    if (!transport.open) {
      line.cut();
      outbox = [];
      subscribed = false;
      transport.establish();
    }
    const moved = market.step(nowMs);
    remember();
    if (subscribed) {
      const best = bestFrame(SYMBOL, market);
      const diff = diffFrame(SYMBOL, moved, nowMs);
      outbox.push(...(random() < 0.5 ? [best, diff] : [diff, best]));
    }
    for (const frame of outbox.splice(0)) for (const arrived of line.pass(frame)) transport.frame(arrived);
    transport.tick(nowMs);
    await answerRequests(faulty);
  };

  for (let count = 0; count < FAULTY_STEPS && sink.problem === undefined; count += 1) {
    await step(true);
    if (random() < 0.02) transport.close('cut');
    else if (random() < 0.01) transport.silence();
  }
  line.rates = CLEAN;
  const right = (): boolean => sink.stateOf(SYMBOL) === 'LIVE' && sink.textOf(SYMBOL) === text;
  for (let count = 0; count < CLEAN_STEPS && !(count > 4 && right()); count += 1) await step(false);
  if (!right()) sink.problem ??= `book is ${sink.stateOf(SYMBOL)} at the end: ${sink.textOf(SYMBOL)} instead of ${text}`;
  return { problem: sink.problem, gaps: health.snapshot().gapsDetected };
}
