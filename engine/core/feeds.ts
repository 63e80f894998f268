// What is known of each instrument's outside feed: its state, and the venue's id and time of the last trade it printed.

import { MAX_INSTRUMENTS } from './capacities';
import { FEEDS } from './memory';
import { arrayPart, countPart } from './parts';

@unmanaged
export class Feed {
  /** FEED_STATE; 0 for an instrument that never had a feed. */
  state: f64;
  /** 0 before the first. */
  lastTradeId: f64;
  /** Unix microseconds by the venue's clock; 0 before the first. */
  lastTradeMicros: f64;
}

/** One more than the highest instrument that ever had a feed. */
let used: i32 = 0;

export function feedAt(instrument: i32): Feed {
  return changetype<Feed>(FEEDS + <usize>instrument * offsetof<Feed>());
}

/** The same, to write it. */
export function feedOf(instrument: i32): Feed {
  used = max<i32>(used, instrument + 1);
  return feedAt(instrument);
}

export function feedsContents(): void {
  used = countPart('feeds/used', used);
  arrayPart('feeds/numbers', FEEDS, used, MAX_INSTRUMENTS, offsetof<Feed>());
}
