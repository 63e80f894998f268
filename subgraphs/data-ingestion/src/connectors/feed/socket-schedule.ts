// One schedule of faults over real sockets: a connector on a fake venue whose frames and connections fail by a seed, then the
// calm after it. What is checked is checked by the sink at every word; what is awaited is a word of the connector.

import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@mib/service/logger';
import { createRandom } from '../../domain/random.ts';
import { SourceHealth } from '../../domain/source-health.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { ConnectorKind, FeedBounds, FeedUrls } from './contract.ts';
import type { FakeVenueServer } from './fake-venue-server.ts';
import { CLEAN, ROUGH, type FaultRates } from './fault-line.ts';
import { TruthCheck, type BookHistory } from './truth-check.ts';

export interface FakeVenue {
  readonly urls: FeedUrls;
  readonly server: FakeVenueServer;
  readonly histories: ReadonlyMap<string, BookHistory>;
  rates: FaultRates;
  step(): void;
  textOf(symbol: string): string;
}

/** Short times, so that a schedule of many failures takes less than a second. */
export const QUICK: FeedBounds = { silenceMs: 240, handshakeMs: 60, answerMs: 150, firstBackoffMs: 2, maxBackoffMs: 15, sendSpacingMs: 5 };
const FAULTY_STEPS = 60;
const CALM_STEPS = 8;
const STEP_MS = 4;

/** @returns the judging sink, which every symbol's true book has reached. */
export async function runSocketSchedule(kind: ConnectorKind, venue: FakeVenue, seed: number): Promise<{ readonly sink: TruthCheck; readonly health: SourceHealth }> {
  const random = createRandom(seed);
  const symbols = [...venue.histories.keys()];
  const sink = new TruthCheck(venue.histories);
  const health = new SourceHealth({ id: 'feed', provider: kind.provider, kind: 'LIVE_FEED', synthetic: true, continuous: true }, Date.now);
  const { server } = venue;
  await using _connector = kind.start({ symbols, sink, health, clock: SYSTEM_CLOCK, random, logger: createLogger('test', { level: 'silent' }), urls: venue.urls, bounds: QUICK });
  venue.rates = ROUGH;
  for (let step = 0; step < FAULTY_STEPS; step += 1) {
    venue.step();
    strike(server, random());
    await delay(STEP_MS);
  }
  venue.rates = CLEAN;
  Object.assign(server, { silent: false, handshakeMs: 0, refusedHandshakes: 0 });
  server.refusedRequests.count = 0;
  // What the line held back comes with the frames after it.
  for (let step = 0; step < CALM_STEPS; step += 1) {
    venue.step();
    await delay(STEP_MS);
  }
  const moving = setInterval(() => venue.step(), STEP_MS);
  await sink.until(() => sink.problem !== undefined || symbols.every((symbol) => sink.stateOf(symbol) === 'LIVE'));
  clearInterval(moving);
  await sink.until(() => sink.problem !== undefined || symbols.every((symbol) => sink.stateOf(symbol) === 'LIVE' && sink.textOf(symbol) === venue.textOf(symbol)));
  return { sink, health };
}

/** Now and then something happens to the connection. */
function strike(server: FakeVenueServer, dice: number): void {
  if (dice < 0.02) server.cut();
  else if (dice < 0.04) server.close(1011, 'internal error');
  else if (dice < 0.05) server.silent = true;
  else if (dice < 0.09) server.silent = false;
  else if (dice < 0.11) server.refusedHandshakes = 1;
  else if (dice < 0.13) server.handshakeMs = dice < 0.12 ? 100 : 10;
  else if (dice < 0.17) server.handshakeMs = 0;
  else if (dice < 0.19) Object.assign(server.refusedRequests, { count: 1, retryAfterSeconds: 0.05 });
}
