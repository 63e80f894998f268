// The closed lists of the trading domain, as const tuples: one source for types, schema checks and tables in tests.

export const SIDES = ['BUY', 'SELL'] as const;
export type Side = (typeof SIDES)[number];

/**
 * A STOP works as MARKET and a STOP_LIMIT as LIMIT once a trade has reached its trigger; a TRAILING_STOP's trigger follows
 * the market. MARKET_TO_LIMIT takes the best price only, and its remainder rests there. Append only: positions are codes.
 */
export const ORDER_TYPES = ['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING_STOP', 'MARKET_TO_LIMIT'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/**
 * GTC rests until cancelled, IOC cancels what does not fill at once, FOK fills whole or not at all, DAY rests until its
 * instrument closes, GTD until a time of its own.
 */
export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'DAY', 'GTD'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** ACTIVE takes every order, REDUCING only those that shrink a position, HALTED none (cancels always pass). */
export const TRADING_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/**
 * PRE_OPEN and AUCTION collect orders without trading, CONTINUOUS matches, HALTED and CLOSED take cancels only. Going on
 * from a collecting state trades at one price, the auction's.
 */
export const INSTRUMENT_STATES = ['PRE_OPEN', 'AUCTION', 'CONTINUOUS', 'HALTED', 'CLOSED'] as const;
export type InstrumentState = (typeof INSTRUMENT_STATES)[number];

/**
 * How far an instrument's outside feed can be trusted. SYNCING takes its first book, LIVE equals the venue's, RESYNCING
 * rebuilds after a gap, STALE is connected and silent, OFF was switched off. Only LIVE shows levels. Append only.
 */
export const FEED_STATES = ['OFF', 'SYNCING', 'LIVE', 'RESYNCING', 'STALE'] as const;
export type FeedState = (typeof FEED_STATES)[number];

/** What an incoming order does when it meets one of its own account: trade, or cancel the resting, the taking, or both. */
export const SELF_TRADE_PREVENTIONS = ['NONE', 'CANCEL_RESTING', 'CANCEL_TAKING', 'CANCEL_BOTH'] as const;
export type SelfTradePrevention = (typeof SELF_TRADE_PREVENTIONS)[number];
