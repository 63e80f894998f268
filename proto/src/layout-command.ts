// A command record. Word and number indices count from the record's start; fields a kind does not use are zero.
//
//   word 0 kind  1 requestId  2-3 sequence*  4-5 timestampNs*  6 account  7 instrument  8 side|state|tickScale
//        9 type|lotScale  10 tif|cashScale  11 priceTicks|collarBasisPoints
//        12-13 quantityLots|orderId|amountUnits|maxPositionLots|tickUnits   14-15 lotUnits
//        16-24 text (clientOrderId, instrumentId)  25 text length  26-27 currency  28 stream*  29 -  30-31 received*
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
  PRICE: 11,
  COLLAR: 11,
  QUANTITY_NUMBER: 6,
  LOT_UNITS_NUMBER: 7,
  STREAM: 28,
  RECEIVED_NUMBER: 15,
} as const;

/** Kinds as they stand in word 0: index in COMMAND_KINDS plus one. QUERY never reaches the journal. */
export const COMMAND_KIND = {
  REGISTER_INSTRUMENT: 1,
  OPEN_ACCOUNT: 2,
  ADJUST_CASH: 3,
  PLACE_ORDER: 4,
  CANCEL_ORDER: 5,
  SET_RISK_LIMITS: 6,
  SET_TRADING_STATE: 7,
  SET_VENUE_LEVEL: 8,
  QUERY: 100,
} as const;

export const SIDE = { BUY: 1, SELL: 2 } as const;
export const ORDER_TYPE = { MARKET: 1, LIMIT: 2 } as const;
export const TIF = { GTC: 1, IOC: 2, FOK: 3 } as const;
export const TRADING_STATE = { ACTIVE: 1, REDUCING: 2, HALTED: 3 } as const;

/** Most records in one packed message, either way. */
export const MAX_RECORDS_PER_MESSAGE = 4096;
