// Trades for one reader, none missed and none twice: first from the engine's journal up to where the live feed begins,
// then live. A reader too slow for the live feed goes back to the journal and catches up from there.

import type { EngineClient } from '@mib/proto/engine-client';
import { ClientError } from '@mib/service/errors';
import { tradeOf, type SeenTrade } from '../domain/market.ts';
import type { EngineFollower } from './engine-follower.ts';

export interface FollowTradesOptions {
  readonly follower: EngineFollower;
  readonly engine: EngineClient;
  readonly instrumentNumbers: ReadonlySet<number>;
  /** The last event already seen; undefined begins with the next trade. */
  readonly after: number | undefined;
  readonly signal: AbortSignal;
  /** Journals being read by this process now. */
  readonly replays: Set<symbol>;
}

/** Trades waiting for a reader before it is sent back to the journal: several of the engine's batches, which come whole. */
const MAX_QUEUED = 4_096;
/** Reading the journal costs the engine; more readers at once are told to try again. */
const MAX_REPLAYS = 16;

export async function* followTrades(options: FollowTradesOptions): AsyncGenerator<SeenTrade> {
  const { follower, instrumentNumbers, signal } = options;
  let seen = options.after ?? follower.sequence;
  while (!signal.aborted) {
    const live = follower.trades.subscribe({ filter: (trade) => instrumentNumbers.has(trade.listing.instrumentNumber), maxQueued: MAX_QUEUED, overflow: 'close', signal });
    try {
      for await (const trade of replay(options, seen, follower.sequence)) {
        yield trade;
        seen = trade.sequence;
      }
      for await (const trade of live) {
        if (trade.sequence <= seen) continue;
        yield trade;
        seen = trade.sequence;
      }
      return;
    } catch (error) {
      if (!isOverflow(error)) throw error;
    } finally {
      await live.return?.();
    }
  }
}

async function* replay(options: FollowTradesOptions, after: number, through: number): AsyncGenerator<SeenTrade> {
  if (after === through) return;
  const { engine, follower, instrumentNumbers, replays, signal } = options;
  if (replays.size >= MAX_REPLAYS) throw new ClientError('RATE_LIMITED', `${MAX_REPLAYS} subscribers are catching up already, try again later`);
  const token = Symbol('replay');
  replays.add(token);
  try {
    for await (const batch of engine.events({ after, kinds: ['Trade'], instrumentNumbers: [...instrumentNumbers], signal })) {
      for (const event of batch.events) {
        if (event.kind !== 'Trade') continue;
        const market = follower.marketByNumber(event.instrumentNumber);
        if (market) yield tradeOf(market.listing, event);
      }
      if (batch.through >= through) return;
    }
  } finally {
    replays.delete(token);
  }
}

function isOverflow(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'UNAVAILABLE';
}
