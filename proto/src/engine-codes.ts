// The closed lists of the engine's contract. A code's number, on the wire and in the journal, is its index plus one:
// append only, never reorder.

export const COMMAND_KINDS = [
  'RegisterInstrument',
  'OpenAccount',
  'AdjustCash',
  'PlaceOrder',
  'CancelOrder',
  'SetRiskLimits',
  'SetTradingState',
  'SetVenueLevel',
  'AmendOrder',
  'MassCancel',
  'SetInstrumentState',
  'SetFees',
  'AdvanceTime',
  'SetFeedState',
  'PrintTrade',
] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

export const EVENT_KINDS = [
  'InstrumentRegistered',
  'AccountOpened',
  'CashAdjusted',
  'OrderAccepted',
  'OrderDenied',
  'Trade',
  'OrderCanceled',
  'LevelChanged',
  'RiskLimitsSet',
  'TradingStateSet',
  'OrderTriggered',
  'OrderAmended',
  'InstrumentStateSet',
  'FeesSet',
  'IndicativePriceChanged',
  'FeedStateSet',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** `limit` and `observed` of each are in the unit that proto/mib/engine/v1/engine.proto names beside it. */
export const REJECT_CODES = [
  'OK',
  'UNKNOWN_ACCOUNT',
  'UNKNOWN_INSTRUMENT',
  'UNKNOWN_ORDER',
  'INVALID_PRICE',
  'INVALID_QUANTITY',
  'NOTIONAL_EXCEEDS_FREE_BALANCE',
  'POSITION_LIMIT',
  'PRICE_COLLAR',
  'TRADING_HALTED',
  'TRADING_STATE_REDUCING',
  'CURRENCY_SCALE_CONFLICT',
  'OVERFLOW',
  'CAPACITY_EXCEEDED',
  'CONFLICTING_REGISTRATION',
  'NO_LIQUIDITY',
  'DUPLICATE_CLIENT_ORDER_ID',
  'INSTRUMENT_STATE',
  'POST_ONLY_WOULD_TRADE',
  'INVALID_EXPIRY',
  'NOTHING_TO_AMEND',
  'INVALID_AMENDMENT',
] as const;
export type ResultCode = (typeof REJECT_CODES)[number];
export type RejectCode = Exclude<ResultCode, 'OK'>;

export const COMMAND_STATUSES = ['NONE', 'ACCEPTED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'DENIED'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/**
 * VENUE: the venue participant withdrew the order, or its own new level ran into it. RISK_GATE: a triggered stop that the
 * gate then refused. CLOSED is never given, DAY orders end with EXPIRED; its number stays taken.
 */
export const CANCEL_REASONS = ['USER', 'IOC_REMAINDER', 'FOK_UNFILLED', 'MARKET_REMAINDER', 'VENUE', 'EXPIRED', 'SELF_TRADE', 'MASS_CANCEL', 'CLOSED', 'RISK_GATE'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/** Where a command's time goes inside the engine; proto/mib/engine/v1/engine.proto says from where to where. */
export const LATENCY_STAGES = ['DECODE', 'JOURNAL', 'CORE', 'PUBLISH', 'TOTAL'] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

/** Number of a list's member in records and in the protocol. */
export function codeOf<T extends string>(list: readonly T[], value: T): number {
  return list.indexOf(value) + 1;
}

/** Member of a list by its number; undefined for a number that the list does not hold. */
export function fromCode<T extends string>(list: readonly T[], code: number): T | undefined {
  return list[code - 1];
}
