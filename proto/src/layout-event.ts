// An event record. Word and number indices count from the record's start; fields a kind does not use are zero.
//
//   word 0 kind  1 instrument  2-3 sequence  4-5 timestampNs  6-7 commandSequence
//        8-9 orderId|takerOrderId|amountUnits|maxPositionLots|tickUnits  10 account|takerAccount
//        11 side | type << 8 | tif << 16 | code << 24   (or takerSide | isAuction << 8 | isPrint << 9, reason, state, keptPriority,
//           tickScale | lotScale << 8 | cashScale << 16)
//        12 priceTicks|collarBasisPoints|makerPpm  13 quantityLots|remainingLots|orders|takerPpm
//        14-15 level's, auction's quantityLots|totalUnits|lotUnits|expireMicros, or 14 takerRemainingLots 15 makerRemainingLots
//        16-17 makerOrderId  18 makerAccount  20-21 takerFeeUnits  22-23 makerFeeUnits   (Trade)
//        24-25 venueTradeId  26-27 venueTimeNs  28-29 quantityUnits  30 quantityScale   (Trade that is a print)
//        16-24 text  25 text length  26-27 currency   (others)   or 26 displayLots (OrderAccepted)
//        or 26-27 limit  28-29 observed (OrderDenied, whose record has no room left for displayLots)
//        30 limit flags | order flags << 8  31 triggerTicks   (OrderAccepted, OrderDenied, OrderAmended)
//
//   OrderAmended: 12 priceTicks  13 quantityLots  14 remainingLots.   IndicativePriceChanged: 8-9 imbalanceLots.

export const EVENT = {
  KIND: 0,
  INSTRUMENT: 1,
  SEQUENCE_NUMBER: 1,
  TIMESTAMP: 4,
  TIMESTAMP_LONG: 2,
  COMMAND_NUMBER: 3,
  ORDER_ID_NUMBER: 4,
  AMOUNT_NUMBER: 4,
  ACCOUNT: 10,
  TERMS: 11,
  PRICE: 12,
  QUANTITY: 13,
  TOTAL_NUMBER: 7,
  TAKER_REMAINING: 14,
  MAKER_REMAINING: 15,
  MAKER_ORDER_ID_NUMBER: 8,
  MAKER_ACCOUNT: 18,
  TAKER_FEE_NUMBER: 10,
  MAKER_FEE_NUMBER: 11,
  EXPIRE_NUMBER: 7,
  REMAINING: 14,
  DISPLAY: 26,
  LIMIT_NUMBER: 13,
  OBSERVED_NUMBER: 14,
  LIMIT_FLAGS: 30,
  TRIGGER: 31,
  MAKER_PPM: 12,
  TAKER_PPM: 13,
  IMBALANCE_NUMBER: 4,
  VENUE_TRADE_NUMBER: 12,
  VENUE_TIME_LONG: 13,
  QUANTITY_UNITS_NUMBER: 14,
  QUANTITY_SCALE: 30,
} as const;

/** Where an order's flags begin in LIMIT_FLAGS, and the bits of a Trade's TERMS that say it is one of an auction, or a print. */
export const ORDER_FLAGS_SHIFT = 8;
export const TRADE_IN_AUCTION = 1 << 8;
export const TRADE_IS_PRINT = 1 << 9;

/** Kinds as they stand in word 0: index in EVENT_KINDS plus one. */
export const EVENT_KIND = {
  INSTRUMENT_REGISTERED: 1,
  ACCOUNT_OPENED: 2,
  CASH_ADJUSTED: 3,
  ORDER_ACCEPTED: 4,
  ORDER_DENIED: 5,
  TRADE: 6,
  ORDER_CANCELED: 7,
  LEVEL_CHANGED: 8,
  RISK_LIMITS_SET: 9,
  TRADING_STATE_SET: 10,
  ORDER_TRIGGERED: 11,
  ORDER_AMENDED: 12,
  INSTRUMENT_STATE_SET: 13,
  FEES_SET: 14,
  INDICATIVE_PRICE_CHANGED: 15,
  FEED_STATE_SET: 16,
} as const;

/** Most events in one batch of a stream. */
export const MAX_EVENTS_PER_BATCH = 1024;
