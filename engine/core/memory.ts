// Where everything lies. The core is one linear memory: tables of fixed size at addresses known when it is compiled, so
// that reading a field of a row is one load, and behind them what grows: events of a batch and the nodes of price trees.
//
//   0           static data of the compiler, below FIRST
//   FIRST       commands in, results out, scratch
//               accounts, instruments, ... orders, levels, positions: a row is `table + index * rowBytes`
//   TABLES_END  grows, a stretch at a time; nothing is given back

import { IDEMPOTENCY_WINDOW, MAX_ACCOUNTS, MAX_COMMANDS_PER_CALL, MAX_CURRENCIES, MAX_INSTRUMENTS, MAX_OPEN_ORDERS, MAX_POSITIONS, MAX_PRICE_LEVELS, MAX_RISK_LIMITS } from './capacities';

const PAGE: usize = 65_536;
/** Stretches are taken in whole multiples of this, so that a memory of half a GiB is asked to grow some five hundred times. */
const GROWTH_PAGES: usize = 16;
const FIRST: usize = 0x10_0000;

const INSTRUMENTS_LIMIT = <usize>MAX_INSTRUMENTS;
const ACCOUNTS_LIMIT = <usize>MAX_ACCOUNTS;
const ORDERS_LIMIT = <usize>MAX_OPEN_ORDERS;
const LEVELS_LIMIT = <usize>MAX_PRICE_LEVELS;
const POSITIONS_LIMIT = <usize>MAX_POSITIONS;
const LIMITS_LIMIT = <usize>MAX_RISK_LIMITS;
const WINDOW = <usize>IDEMPOTENCY_WINDOW;
/** Every price that one command can touch had a level before or got one from an order. */
const MAX_TOUCHED: i32 = MAX_PRICE_LEVELS + MAX_OPEN_ORDERS;

/** Command records to apply. */
export const COMMANDS: usize = FIRST;
/** Three requests and small scratch tables. */
export const SCRATCH: usize = COMMANDS + 128 * <usize>MAX_COMMANDS_PER_CALL;
/** A node of a price tree in which nothing is, for good. */
export const EMPTY_NODE: usize = SCRATCH + 4_096;
export const INDEXES: usize = EMPTY_NODE + 4_096;

export const ACCOUNT_PAIRS: usize = INDEXES + 4_096;
export const ACCOUNT_SLOTS: usize = ACCOUNT_PAIRS + 8 * ACCOUNTS_LIMIT;
export const ACCOUNTS: usize = ACCOUNT_SLOTS + 8 * ACCOUNTS_LIMIT;
export const CASH: usize = ACCOUNTS + 8 * ACCOUNTS_LIMIT;
export const OPEN_ORDERS_OF: usize = CASH + 24 * ACCOUNTS_LIMIT * <usize>MAX_CURRENCIES;
export const CURRENCY_PAIRS: usize = OPEN_ORDERS_OF + 4 * ACCOUNTS_LIMIT;
export const CURRENCY_SLOTS: usize = CURRENCY_PAIRS + 8 * <usize>MAX_CURRENCIES;
export const CURRENCY_SCALES: usize = CURRENCY_SLOTS + 8 * <usize>MAX_CURRENCIES;
export const INSTRUMENT_PAIRS: usize = CURRENCY_SCALES + 4 * <usize>MAX_CURRENCIES;
export const INSTRUMENT_SLOTS: usize = INSTRUMENT_PAIRS + 8 * INSTRUMENTS_LIMIT;
export const INSTRUMENTS: usize = INSTRUMENT_SLOTS + 8 * INSTRUMENTS_LIMIT;
export const FEES: usize = INSTRUMENTS + 128 * INSTRUMENTS_LIMIT;
/** From here on every table begins a line of 64 bytes, so that no row of such a size lies across two. */
export const INDICATIVE: usize = (FEES + 12 * (INSTRUMENTS_LIMIT + 1) + 63) & ~63;
export const FEEDS: usize = INDICATIVE + 24 * INSTRUMENTS_LIMIT;
export const NEWEST_TRAILING: usize = FEEDS + 24 * INSTRUMENTS_LIMIT;
/** Two a instrument: bids and asks, then triggers of buys and of sells. */
export const BOOK_SIDES: usize = NEWEST_TRAILING + 8 * INSTRUMENTS_LIMIT;
export const SIDE_BYTES: usize = 1_088;
export const TRIGGER_SIDES: usize = BOOK_SIDES + 2 * SIDE_BYTES * INSTRUMENTS_LIMIT;
export const LIMIT_PAIRS: usize = TRIGGER_SIDES + 2 * SIDE_BYTES * INSTRUMENTS_LIMIT;
export const LIMIT_SLOTS: usize = LIMIT_PAIRS + 8 * LIMITS_LIMIT;
export const LIMITS: usize = LIMIT_SLOTS + 8 * LIMITS_LIMIT;
export const POSITION_PAIRS: usize = LIMITS + 8 * LIMITS_LIMIT;
export const POSITION_SLOTS: usize = POSITION_PAIRS + 8 * POSITIONS_LIMIT;
export const POSITIONS: usize = POSITION_SLOTS + 8 * POSITIONS_LIMIT;
export const ORDERS: usize = POSITIONS + 128 * POSITIONS_LIMIT;
/** As many pages of 256 bytes as orders, for each may be alone on one; twice as many slots. */
export const PAGES: usize = ORDERS + 64 * ORDERS_LIMIT;
export const PAGE_COUNTS: usize = PAGES + 256 * ORDERS_LIMIT;
export const PAGE_SLOTS: usize = PAGE_COUNTS + 4 * ORDERS_LIMIT;
export const TERMS: usize = PAGE_SLOTS + 32 * ORDERS_LIMIT;
export const EXPIRY_HEAP: usize = TERMS + 64 * (ORDERS_LIMIT + 1);
/** For sorting ids, and for marking places. */
export const ORDER_IDS: usize = EXPIRY_HEAP + 4 * ORDERS_LIMIT;
export const LEVELS: usize = ORDER_IDS + 8 * ORDERS_LIMIT;
export const TOUCHED_AT: usize = LEVELS + 32 * LEVELS_LIMIT;
export const TOUCHED: usize = TOUCHED_AT + 4 * LEVELS_LIMIT;
/** Of 16 bytes, four times as many as open orders at most: more than twice as many as touched levels. */
export const TOUCHED_SLOTS: usize = TOUCHED + 16 * <usize>MAX_TOUCHED;
export const CROSSED_BIDS: usize = TOUCHED_SLOTS + 16 * 4 * ORDERS_LIMIT;
export const CROSSED_ASKS: usize = CROSSED_BIDS + 16 * LEVELS_LIMIT;
export const KEYED: usize = CROSSED_ASKS + 16 * LEVELS_LIMIT;
export const KEY_LINKS: usize = KEYED + 128 * WINDOW;
/** Twice as many as entries. */
export const KEY_HEADS: usize = KEY_LINKS + 8 * WINDOW;
const TABLES_END: usize = KEY_HEADS + 8 * WINDOW;

let top: usize = TABLES_END;

/** Once, before anything else. */
export function layOut(): void {
  assert(__heap_base <= FIRST, 'static data reaches into the tables');
  grow();
}

/** Zeroed memory at the end of all, for good. The address is a multiple of 64. */
export function reserve(bytes: usize): usize {
  const at = (top + 63) & ~63;
  top = at + bytes;
  grow();
  return at;
}

/** Brings a far place near, so that it is there when it is needed; nothing waits for it. It may trap, so no compiler leaves it out. */
export function lookAt(at: usize): void {
  load<i32>(at);
}

function grow(): void {
  const wanted = (top + PAGE - 1) / PAGE;
  const pages = <usize>memory.size();
  if (wanted <= pages) return;
  assert(memory.grow(<i32>(wanted - pages + GROWTH_PAGES)) >= 0, 'the core is out of memory');
}
