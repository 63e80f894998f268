// The closed lists of the trading domain, as const tuples: one source for types, schema checks and tables in tests.

export const SIDES = ['BUY', 'SELL'] as const;
export type Side = (typeof SIDES)[number];

export const ORDER_TYPES = ['MARKET', 'LIMIT'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

/** GTC rests until cancelled, IOC cancels what does not fill at once, FOK fills whole or not at all. */
export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** ACTIVE takes every order, REDUCING only those that shrink a position, HALTED none (cancels always pass). */
export const TRADING_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type TradingState = (typeof TRADING_STATES)[number];
