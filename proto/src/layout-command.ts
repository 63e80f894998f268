// A command record. Word and number indices count from the record's start; fields a kind does not use are zero.
//
//   word 0 kind  1 requestId  2-3 sequence*  4-5 timestampNs*  6 account  7 instrument  8 side|state|tickScale
//        9 type|lotScale  10 tif|cashScale|takerPpm  11 priceTicks|collarBasisPoints|makerPpm
//        12-13 quantityLots|orderId|amountUnits|maxPositionLots|tickUnits   14-15 lotUnits|expireMicros|amended quantityLots|venueTradeId
//        16-24 text (clientOrderId, instrumentId)  25 text length  26-27 currency, or 26 triggerTicks 27 displayLots (orders)
//        16-17 quantityUnits  18 quantityScale  26-27 venueTimeNs (PrintTrade)
//        28 stream*  29 order flags  30-31 received*
//
// * written by the engine, whatever the client sent: sequence and time by the journal, stream and time of arrival
//   (milliseconds of the process's monotonic clock) by the gateway.

export const COMMAND = {
  KIND: 0,
  REQUEST_ID: 1,
  SEQUENCE_NUMBER: 1,
  TIMESTAMP: 4,
  TIMESTAMP_LONG: 2,
  ACCOUNT: 6,
  INSTRUMENT: 7,
  SIDE: 8,
  STATE: 8,
  TICK_SCALE: 8,
  TYPE: 9,
  LOT_SCALE: 9,
  TIF: 10,
  CASH_SCALE: 10,
  TAKER_PPM: 10,
  PRICE: 11,
  COLLAR: 11,
  MAKER_PPM: 11,
  QUANTITY_NUMBER: 6,
  LOT_UNITS_NUMBER: 7,
  EXPIRE_NUMBER: 7,
  AMENDED_QUANTITY_NUMBER: 7,
  VENUE_TRADE_NUMBER: 7,
  QUANTITY_UNITS_NUMBER: 8,
  QUANTITY_SCALE: 18,
  VENUE_TIME_LONG: 13,
  TRIGGER: 26,
  DISPLAY: 27,
  STREAM: 28,
  FLAGS: 29,
  RECEIVED_NUMBER: 15,
} as const;

/**
 * Kinds as they stand in word 0: index in COMMAND_KINDS plus one. ADVANCE_TIME is the engine's own, refused from outside;
 * QUERY never reaches the journal.
 */
export const COMMAND_KIND = {
  REGISTER_INSTRUMENT: 1,
  OPEN_ACCOUNT: 2,
  ADJUST_CASH: 3,
  PLACE_ORDER: 4,
  CANCEL_ORDER: 5,
  SET_RISK_LIMITS: 6,
  SET_TRADING_STATE: 7,
  SET_VENUE_LEVEL: 8,
  AMEND_ORDER: 9,
  MASS_CANCEL: 10,
  SET_INSTRUMENT_STATE: 11,
  SET_FEES: 12,
  ADVANCE_TIME: 13,
  SET_FEED_STATE: 14,
  PRINT_TRADE: 15,
  QUERY: 100,
} as const;

export const SIDE = { BUY: 1, SELL: 2 } as const;
export const ORDER_TYPE = { MARKET: 1, LIMIT: 2, STOP: 3, STOP_LIMIT: 4, TRAILING_STOP: 5, MARKET_TO_LIMIT: 6 } as const;
export const TIF = { GTC: 1, IOC: 2, FOK: 3, DAY: 4, GTD: 5 } as const;
export const TRADING_STATE = { ACTIVE: 1, REDUCING: 2, HALTED: 3 } as const;
export const INSTRUMENT_STATE = { PRE_OPEN: 1, AUCTION: 2, CONTINUOUS: 3, HALTED: 4, CLOSED: 5 } as const;
export const FEED_STATE = { OFF: 1, SYNCING: 2, LIVE: 3, RESYNCING: 4, STALE: 5 } as const;

/** Bits of an order's flags word: bit 0 post only, bits 4-5 the self-trade prevention. */
export const FLAG_POST_ONLY = 1;
export const STP_SHIFT = 4;
export const STP_MASK = 3;
export const STP = { NONE: 0, CANCEL_RESTING: 1, CANCEL_TAKING: 2, CANCEL_BOTH: 3 } as const;

/** Most records in one packed message, either way. */
export const MAX_RECORDS_PER_MESSAGE = 4096;
