// Venues that fail by their seed, each without a socket: at no step a LIVE book that the venue never had, or an
// older one than before; at the end of the faults the venue's book.

import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { propertyRuns } from '@mib/testkit/property-runs';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { FakeMarket } from '../feed/fake-market.ts';
import { CLEAN, damageWith, FaultLine, ROUGH } from '../feed/fault-line.ts';
import { MemoryTransport } from '../feed/memory-transport.ts';
import { BookHistory, bookText, TruthCheck } from '../feed/truth-check.ts';
import { snapshotFrame, updateFrame, viewOf, type KrakenView } from './fake-kraken-words.ts';
import { KRAKEN, KrakenConnector } from './kraken.ts';
import { DEPTH } from './kraken-book.ts';

/** MIB_PROPERTY_RUNS=20 makes ten thousand. */
const SCHEDULES = propertyRuns(500);
const FAULTY_STEPS = 10;
/** Within so many clean steps the book must be the venue's. */
const CLEAN_STEPS = 60;
const TIMEOUT_MS = 600_000;
const STEP_MS = 300;
const SYMBOL = 'BTC/USD';
const BOUNDS = { answerMs: 1_000, firstBackoffMs: 300, maxBackoffMs: 1_000 };
const LOGGER = createLogger('test', { level: 'silent' });

describe('the book of Kraken under faults', () => {
  it(`is never LIVE and wrong in ${SCHEDULES} schedules, and right at the end of each`, async () => {
    const totals = { gaps: 0, checksumFailures: 0 };
    for (let seed = 1; seed <= SCHEDULES; seed += 1) {
      const { problem, gaps, checksumFailures } = await runSchedule(seed);
      if (problem !== undefined) throw new Error(`seed ${seed}: ${problem}`);
      totals.gaps += gaps;
      totals.checksumFailures += checksumFailures;
    }
    // The faults were real ones.
    expect(totals.gaps).toBeGreaterThan(SCHEDULES / 2);
    expect(totals.checksumFailures).toBeGreaterThan(SCHEDULES / 2);
  }, TIMEOUT_MS);
});

async function runSchedule(seed: number) {
  const random = createRandom(seed);
  const market = new FakeMarket({ random, priceDecimals: 1, quantityDecimals: 8, levels: 12, midTicks: 452_840, maxChanges: 4 });
  const history = new BookHistory();
  const sink = new TruthCheck(new Map([[SYMBOL, history]]));
  const line = new FaultLine(random, ROUGH, damageWith('0123456789x"'));
  let nowMs = Date.UTC(2023, 9, 6);
  let timeUs = nowMs * 1_000;
  let view: KrakenView = viewOf(market, DEPTH);
  /** When the view became what it is. */
  let viewUs = timeUs;
  let subscribed = false;
  let outbox: string[] = [];
  history.add(bookText(view.bids, view.asks), null);

  const transport = new MemoryTransport((text) => {
    const { method, params, req_id: id } = JSON.parse(text) as { method: string; params: { channel: string }; req_id: number };
    if (params.channel === 'book') subscribed = method === 'subscribe';
    outbox.push(`{"method":"${method}","req_id":${id},"result":{"channel":"${params.channel}","symbol":"${SYMBOL}"},"success":true}`);
    if (params.channel === 'book' && subscribed) outbox.push(snapshotFrame(SYMBOL, view, viewUs));
  });
  const health = new SourceHealth({ id: 'kraken', provider: 'Kraken', kind: 'LIVE_FEED', synthetic: true, continuous: true }, () => nowMs);
  const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => undefined) };
  await using _connector = new KrakenConnector({ symbols: [SYMBOL], sink, health, clock, random, logger: LOGGER, urls: KRAKEN.urls, bounds: BOUNDS }, transport.connect);

  const connect = (): void => {
    line.cut();
    outbox = [];
    subscribed = false;
    transport.establish();
  };
  const step = (): void => {
    nowMs += STEP_MS;
    timeUs += 1;
    if (!transport.open) connect();
    market.step(nowMs);
    const before = view;
    [view, viewUs] = [viewOf(market, DEPTH), timeUs];
    history.add(bookText(view.bids, view.asks), null);
    const update = updateFrame(SYMBOL, market, before, view, timeUs);
    if (subscribed && update !== undefined) outbox.push(update);
    for (const frame of outbox.splice(0)) for (const arrived of line.pass(frame)) transport.frame(arrived);
    transport.tick(nowMs);
  };

  for (let count = 0; count < FAULTY_STEPS && sink.problem === undefined; count += 1) {
    step();
    if (random() < 0.02) transport.close('cut');
    else if (random() < 0.01) transport.silence();
  }
  line.rates = CLEAN;
  const right = (): boolean => sink.stateOf(SYMBOL) === 'LIVE' && sink.textOf(SYMBOL) === bookText(view.bids, view.asks);
  for (let count = 0; count < CLEAN_STEPS && !(count > 2 && right()); count += 1) step();
  if (!right()) sink.problem ??= `book is ${sink.stateOf(SYMBOL)} at the end: ${sink.textOf(SYMBOL)} instead of ${bookText(view.bids, view.asks)}`;
  const { gapsDetected, checksumFailures } = health.snapshot();
  return { problem: sink.problem, gaps: gapsDetected, checksumFailures };
}
