// Numbers of the contract's closed lists (proto/src/engine-codes.ts: index plus one) and of its records' fields
// (proto/src/layout-command.ts); contract.test.ts holds this file to them.

export namespace CODE {
  export const OK: i32 = 1;
  export const UNKNOWN_ACCOUNT: i32 = 2;
  export const UNKNOWN_INSTRUMENT: i32 = 3;
  export const UNKNOWN_ORDER: i32 = 4;
  export const INVALID_PRICE: i32 = 5;
  export const INVALID_QUANTITY: i32 = 6;
  export const NOTIONAL_EXCEEDS_FREE_BALANCE: i32 = 7;
  export const POSITION_LIMIT: i32 = 8;
  export const PRICE_COLLAR: i32 = 9;
  export const TRADING_HALTED: i32 = 10;
  export const TRADING_STATE_REDUCING: i32 = 11;
  export const CURRENCY_SCALE_CONFLICT: i32 = 12;
  export const OVERFLOW: i32 = 13;
  export const CAPACITY_EXCEEDED: i32 = 14;
  export const CONFLICTING_REGISTRATION: i32 = 15;
  export const NO_LIQUIDITY: i32 = 16;
  export const DUPLICATE_CLIENT_ORDER_ID: i32 = 17;
  export const INSTRUMENT_STATE: i32 = 18;
  export const POST_ONLY_WOULD_TRADE: i32 = 19;
  export const INVALID_EXPIRY: i32 = 20;
  export const NOTHING_TO_AMEND: i32 = 21;
  export const INVALID_AMENDMENT: i32 = 22;
}

export namespace STATUS {
  export const NONE: i32 = 1;
  export const ACCEPTED: i32 = 2;
  export const PARTIALLY_FILLED: i32 = 3;
  export const FILLED: i32 = 4;
  export const CANCELED: i32 = 5;
  export const DENIED: i32 = 6;
}

export namespace REASON {
  export const USER: i32 = 1;
  export const IOC_REMAINDER: i32 = 2;
  export const FOK_UNFILLED: i32 = 3;
  export const MARKET_REMAINDER: i32 = 4;
  export const VENUE: i32 = 5;
  export const EXPIRED: i32 = 6;
  export const SELF_TRADE: i32 = 7;
  export const MASS_CANCEL: i32 = 8;
  export const RISK_GATE: i32 = 10;
}

export namespace COMMAND_KIND {
  export const REGISTER_INSTRUMENT: i32 = 1;
  export const OPEN_ACCOUNT: i32 = 2;
  export const ADJUST_CASH: i32 = 3;
  export const PLACE_ORDER: i32 = 4;
  export const CANCEL_ORDER: i32 = 5;
  export const SET_RISK_LIMITS: i32 = 6;
  export const SET_TRADING_STATE: i32 = 7;
  export const SET_VENUE_LEVEL: i32 = 8;
  export const AMEND_ORDER: i32 = 9;
  export const MASS_CANCEL: i32 = 10;
  export const SET_INSTRUMENT_STATE: i32 = 11;
  export const SET_FEES: i32 = 12;
  export const ADVANCE_TIME: i32 = 13;
  export const SET_FEED_STATE: i32 = 14;
  export const PRINT_TRADE: i32 = 15;
}

export namespace EVENT_KIND {
  export const INSTRUMENT_REGISTERED: i32 = 1;
  export const ACCOUNT_OPENED: i32 = 2;
  export const CASH_ADJUSTED: i32 = 3;
  export const ORDER_ACCEPTED: i32 = 4;
  export const ORDER_DENIED: i32 = 5;
  export const TRADE: i32 = 6;
  export const ORDER_CANCELED: i32 = 7;
  export const LEVEL_CHANGED: i32 = 8;
  export const RISK_LIMITS_SET: i32 = 9;
  export const TRADING_STATE_SET: i32 = 10;
  export const ORDER_TRIGGERED: i32 = 11;
  export const ORDER_AMENDED: i32 = 12;
  export const INSTRUMENT_STATE_SET: i32 = 13;
  export const FEES_SET: i32 = 14;
  export const INDICATIVE_PRICE_CHANGED: i32 = 15;
  export const FEED_STATE_SET: i32 = 16;
}

export namespace ORDER_TYPE {
  export const MARKET: i32 = 1;
  export const LIMIT: i32 = 2;
  export const STOP: i32 = 3;
  export const STOP_LIMIT: i32 = 4;
  export const TRAILING_STOP: i32 = 5;
  export const MARKET_TO_LIMIT: i32 = 6;
}

export namespace TIF {
  export const GTC: i32 = 1;
  export const IOC: i32 = 2;
  export const FOK: i32 = 3;
  export const DAY: i32 = 4;
  export const GTD: i32 = 5;
}

export namespace TRADING_STATE {
  export const ACTIVE: i32 = 1;
  export const REDUCING: i32 = 2;
  export const HALTED: i32 = 3;
}

export namespace INSTRUMENT_STATE {
  export const PRE_OPEN: i32 = 1;
  export const AUCTION: i32 = 2;
  export const CONTINUOUS: i32 = 3;
  export const HALTED: i32 = 4;
  export const CLOSED: i32 = 5;
}

export namespace FEED_STATE {
  export const LIVE: i32 = 3;
}

export namespace STP {
  export const NONE: i32 = 0;
  export const CANCEL_RESTING: i32 = 1;
  export const CANCEL_TAKING: i32 = 2;
}

/** Sides on the wire; in the book they count from 0. */
export namespace SIDE {
  export const BUY: i32 = 1;
}

export const FLAG_POST_ONLY: i32 = 1;
export const STP_SHIFT: i32 = 4;
export const STP_MASK: i32 = 3;
export const ORDER_FLAGS_SHIFT: i32 = 8;
export const TRADE_IN_AUCTION: i32 = 1 << 8;
export const TRADE_IS_PRINT: i32 = 1 << 9;
export const RESULT_KIND: i32 = 255;
export const RESULT_REPLAYED: i32 = 1;
export const RESULT_HAS_LIMIT: i32 = 2;
export const RESULT_HAS_OBSERVED: i32 = 4;
export const FIRST_USER_ACCOUNT: i32 = 1_000;
export const HOUSE_ACCOUNT: i32 = 999;
/** Highest price in ticks and quantity in lots. */
export const MAX_NUMBER: i32 = 0x7fff_ffff;
/** Cash is counted exactly to this magnitude, 2^51 units. */
export const MAX_CASH_UNITS: f64 = 2_251_799_813_685_248;

export const BUY_SIDE: i32 = 0;
export const SELL_SIDE: i32 = 1;
export const NONE: i32 = -1;
