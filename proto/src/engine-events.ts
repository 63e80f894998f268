// What the engine says has happened. `sequence` counts events from 1 without gaps; several events of one command share
// its `commandSequence` and time. Replaying the journal yields the same events byte for byte.

import type { FeedState, InstrumentState, OrderType, SelfTradePrevention, Side, TimeInForce, TradingState } from '@mib/model/trading';
import type { CancelReason, RejectCode } from './engine-codes.ts';

interface EventHead {
  readonly sequence: number;
  readonly commandSequence: number;
  readonly timestampNs: bigint;
}

export interface InstrumentRegistered extends EventHead {
  readonly kind: 'InstrumentRegistered';
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly currency: string;
  readonly cashScale: number;
}

export interface AccountOpened extends EventHead {
  readonly kind: 'AccountOpened';
  readonly accountNumber: number;
}

export interface CashAdjusted extends EventHead {
  readonly kind: 'CashAdjusted';
  readonly accountNumber: number;
  readonly currency: string;
  readonly amountUnits: number;
  /** The balance afterwards. */
  readonly totalUnits: number;
  readonly clientOrderId: string;
}

interface OrderTerms {
  readonly orderId: number;
  readonly accountNumber: number;
  readonly clientOrderId: string;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  /** Null for all but LIMIT and STOP_LIMIT. */
  readonly limitPriceTicks: number | null;
  readonly quantityLots: number;
  /** Stop price, or the distance of a TRAILING_STOP; null for types without. */
  readonly triggerTicks: number | null;
  /** Unix microseconds; null for all but GTD. */
  readonly expireMicros: number | null;
  readonly postOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
}

export interface OrderAccepted extends EventHead, OrderTerms {
  readonly kind: 'OrderAccepted';
  /** Lots shown at once; null for all. An OrderDenied does not tell it. */
  readonly displayLots: number | null;
}

export interface OrderDenied extends EventHead, OrderTerms {
  readonly kind: 'OrderDenied';
  readonly code: RejectCode;
  readonly limit: number | null;
  readonly observed: number | null;
}

/** A venue level that trades has the order id of the SetVenueLevel command which last set it, and no OrderAccepted. */
export interface Trade extends EventHead {
  readonly kind: 'Trade';
  /** The event's own sequence. */
  readonly tradeId: number;
  readonly instrumentNumber: number;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly takerSide: Side;
  readonly takerOrderId: number;
  readonly takerAccountNumber: number;
  readonly takerRemainingLots: number;
  readonly makerOrderId: number;
  readonly makerAccountNumber: number;
  readonly makerRemainingLots: number;
  /** Cash units that the side paid to the house, negative for a rebate; 0 for venue participants. */
  readonly takerFeeUnits: number;
  readonly makerFeeUnits: number;
  /** One of an auction's: all at one price, the younger order as taker. */
  readonly isAuction: boolean;
  /** Of a trade that others made at the venue, which has no orders here: both order ids are 0, both accounts the venue's. */
  readonly print?: VenuePrint;
}

export interface VenuePrint {
  /** The venue's own; rises within an instrument, and no two prints share one. */
  readonly venueTradeId: number;
  /** By the venue's clock, Unix nanoseconds. */
  readonly venueTimeNs: bigint;
  /** The exact quantity is quantityUnits times 10^-quantityScale; quantityLots is that in whole lots, rounded down. */
  readonly quantityUnits: number;
  readonly quantityScale: number;
}

export interface OrderCanceled extends EventHead {
  readonly kind: 'OrderCanceled';
  readonly orderId: number;
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly remainingLots: number;
  readonly reason: CancelReason;
}

/** The level after the command; 0 lots and 0 orders when it is gone. */
export interface LevelChanged extends EventHead {
  readonly kind: 'LevelChanged';
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly orders: number;
}

export interface RiskLimitsSet extends EventHead {
  readonly kind: 'RiskLimitsSet';
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly maxPositionLots: number;
  readonly collarBasisPoints: number;
}

export interface TradingStateSet extends EventHead {
  readonly kind: 'TradingStateSet';
  readonly accountNumber: number;
  readonly state: TradingState;
}

/** A dormant stop was elected by a trade at `priceTicks` and now works as MARKET or LIMIT. */
export interface OrderTriggered extends EventHead {
  readonly kind: 'OrderTriggered';
  readonly orderId: number;
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly priceTicks: number;
}

/** The order's terms from now on. */
export interface OrderAmended extends EventHead {
  readonly kind: 'OrderAmended';
  readonly orderId: number;
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  /** Null for types without. */
  readonly limitPriceTicks: number | null;
  /** The total, what is filled included. */
  readonly quantityLots: number;
  readonly remainingLots: number;
  /** Null for types without. */
  readonly triggerTicks: number | null;
  readonly keptPriority: boolean;
}

/** `uncrossPriceTicks` and `uncrossLots`: what the auction that this change ended has traded; null and 0 without one. */
export interface InstrumentStateSet extends EventHead {
  readonly kind: 'InstrumentStateSet';
  readonly instrumentNumber: number;
  readonly state: InstrumentState;
  readonly uncrossPriceTicks: number | null;
  readonly uncrossLots: number;
}

/** `instrumentNumber` 0: for all without fees of their own. */
export interface FeesSet extends EventHead {
  readonly kind: 'FeesSet';
  readonly instrumentNumber: number;
  readonly makerPpm: number;
  readonly takerPpm: number;
}

/** What an auction would trade now; price null and 0 lots when nothing would. */
export interface IndicativePriceChanged extends EventHead {
  readonly kind: 'IndicativePriceChanged';
  readonly instrumentNumber: number;
  readonly priceTicks: number | null;
  readonly quantityLots: number;
  /** Lots left over at that price: positive on the buy side, negative on the sell side. */
  readonly imbalanceLots: number;
}

/** How far the outside feed of an instrument can be trusted from now on. */
export interface FeedStateSet extends EventHead {
  readonly kind: 'FeedStateSet';
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly state: FeedState;
}

export type EngineEvent =
  | InstrumentRegistered
  | AccountOpened
  | CashAdjusted
  | OrderAccepted
  | OrderDenied
  | Trade
  | OrderCanceled
  | LevelChanged
  | RiskLimitsSet
  | TradingStateSet
  | OrderTriggered
  | OrderAmended
  | InstrumentStateSet
  | FeesSet
  | IndicativePriceChanged
  | FeedStateSet;
