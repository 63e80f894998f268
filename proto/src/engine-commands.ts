// What the engine can be told, and what it answers. Accounts 1..999 are venue participants: no risk gate and no
// idempotency for them. Users' accounts begin at 1000.

import type { OrderType, Side, TimeInForce, TradingState } from '@mib/model/trading';
import type { CommandStatus, ResultCode } from './engine-codes.ts';

/** First account number of a user; below are venue participants. */
export const FIRST_USER_ACCOUNT = 1000;
/** Largest account and instrument number: both live in signed 32-bit words. */
export const MAX_NUMBER = 2 ** 31 - 1;

/** `tickSize` and `lotSize` are decimal text; tickSize * lotSize * 10^cashScale must be an integer of at least 1. */
export interface RegisterInstrument {
  readonly kind: 'RegisterInstrument';
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly currency: string;
  readonly cashScale: number;
}

export interface OpenAccount {
  readonly kind: 'OpenAccount';
  readonly accountNumber: number;
}

/** Pays in (positive) or out (negative); `clientOrderId` makes it safe to repeat. */
export interface AdjustCash {
  readonly kind: 'AdjustCash';
  readonly accountNumber: number;
  readonly currency: string;
  readonly amountUnits: number;
  readonly clientOrderId: string;
}

/** A MARKET order has no limitPriceTicks and never rests, whatever its `tif`. */
export interface PlaceOrder {
  readonly kind: 'PlaceOrder';
  readonly accountNumber: number;
  readonly clientOrderId: string;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly limitPriceTicks?: number | undefined;
  readonly quantityLots: number;
}

export interface CancelOrder {
  readonly kind: 'CancelOrder';
  readonly accountNumber: number;
  readonly orderId: number;
}

/** `instrumentNumber` 0 is every instrument without limits of its own; a limit of 0 is none. */
export interface SetRiskLimits {
  readonly kind: 'SetRiskLimits';
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly maxPositionLots: number;
  readonly collarBasisPoints: number;
}

/** `accountNumber` 0 is every user's account; the stricter of that and the account's own state holds. */
export interface SetTradingState {
  readonly kind: 'SetTradingState';
  readonly accountNumber: number;
  readonly state: TradingState;
}

/** What a venue participant shows at one price; 0 lots removes it. Crossing user orders trade, its own are withdrawn. */
export interface SetVenueLevel {
  readonly kind: 'SetVenueLevel';
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

export type EngineCommand =
  | RegisterInstrument
  | OpenAccount
  | AdjustCash
  | PlaceOrder
  | CancelOrder
  | SetRiskLimits
  | SetTradingState
  | SetVenueLevel;

/** The answer to one command: it is durable and applied. */
export interface CommandResult {
  readonly sequence: number;
  readonly timestampNs: bigint;
  readonly code: ResultCode;
  /** True when this is the outcome that the first command with the same account and clientOrderId had. */
  readonly replayed: boolean;
  /** Of PlaceOrder (denied ones too) and CancelOrder; 0 for others. */
  readonly orderId: number;
  readonly status: CommandStatus;
  readonly filledLots: number;
  readonly limit: number | null;
  readonly observed: number | null;
  /** Events through this sequence show all that the command did. */
  readonly lastEventSequence: number;
}
