// What the engine says has happened. `sequence` counts events from 1 without gaps; several events of one command share
// its `commandSequence` and time. Replaying the journal yields the same events byte for byte.

import type { OrderType, Side, TimeInForce, TradingState } from '@mib/model/trading';
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
  /** Null for MARKET. */
  readonly limitPriceTicks: number | null;
  readonly quantityLots: number;
}

export interface OrderAccepted extends EventHead, OrderTerms {
  readonly kind: 'OrderAccepted';
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
  | TradingStateSet;
