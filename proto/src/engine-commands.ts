// What the engine can be told, and what it answers. Accounts 1..999 are venue participants: no risk gate and no
// idempotency for them. Users' accounts begin at 1000.

import type { FeedState, InstrumentState, OrderType, SelfTradePrevention, Side, TimeInForce, TradingState } from '@mib/model/trading';
import type { CommandStatus, ResultCode } from './engine-codes.ts';

/** First account number of a user; below are venue participants. */
export const FIRST_USER_ACCOUNT = 1000;
/** The engine's own account: fees go there and rebates come from there. */
export const HOUSE_ACCOUNT = 999;
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

/** Only LIMIT and STOP_LIMIT have a limitPriceTicks. A MARKET order never rests, whatever its `tif`. */
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
  /** Of STOP and STOP_LIMIT: the price that triggers. Of TRAILING_STOP: its distance from the market. */
  readonly triggerTicks?: number | undefined;
  /** Of LIMIT and STOP_LIMIT that rest: the lots shown at once; all when absent. */
  readonly displayLots?: number | undefined;
  /** Of GTD: Unix microseconds at which it ends. */
  readonly expireMicros?: number | undefined;
  /** Of LIMIT that rests: refuse it rather than trade on entry. */
  readonly postOnly?: boolean | undefined;
  /** NONE when absent; venue participants have no other. */
  readonly selfTradePrevention?: SelfTradePrevention | undefined;
}

/**
 * New terms for an open or dormant order of the account; an absent one stays. `quantityLots` is the total, what is filled
 * included. The same price and fewer lots keep the place in the queue, everything else loses it.
 */
export interface AmendOrder {
  readonly kind: 'AmendOrder';
  readonly accountNumber: number;
  readonly orderId: number;
  readonly limitPriceTicks?: number | undefined;
  readonly quantityLots?: number | undefined;
  /** The stop price; of a TRAILING_STOP the new distance. */
  readonly triggerTicks?: number | undefined;
}

/** Cancels every matching order; the result's `filledLots` says how many. `accountNumber` 0 is every user's account. */
export interface MassCancel {
  readonly kind: 'MassCancel';
  readonly accountNumber: number;
  /** 0 is every instrument. */
  readonly instrumentNumber: number;
  /** Both when absent. */
  readonly side?: Side | undefined;
}

export interface SetInstrumentState {
  readonly kind: 'SetInstrumentState';
  readonly instrumentNumber: number;
  readonly state: InstrumentState;
}

/** Fees in millionths of a fill's cash; a negative makerPpm is a rebate. */
export interface SetFees {
  readonly kind: 'SetFees';
  /** 0 is every instrument without fees of its own. */
  readonly instrumentNumber: number;
  readonly makerPpm: number;
  readonly takerPpm: number;
}

/** Nothing but its time, which lets due orders expire. Only the engine itself sends it. */
export interface AdvanceTime {
  readonly kind: 'AdvanceTime';
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

/**
 * How far the participant's feed of an instrument can be trusted from now on. Every state but LIVE withdraws all that the
 * participant shows there, in the same command: nobody meets a price of before. Levels may be shown in any state. LIVE
 * said again is an event like the first: a feed that is quiet says so that it is alive.
 */
export interface SetFeedState {
  readonly kind: 'SetFeedState';
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly state: FeedState;
}

/**
 * A trade that others made at the venue: it becomes the last trade, elects stops and moves no position. `venueTradeId`
 * rises; one that is not above the instrument's last is answered as replayed and does nothing.
 */
export interface PrintTrade {
  readonly kind: 'PrintTrade';
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  /** Of the order that arrived last. */
  readonly side: Side;
  readonly priceTicks: number;
  /** Whole lots, rounded down; the exact quantity is quantityUnits times 10^-quantityScale. */
  readonly quantityLots: number;
  readonly quantityUnits: number;
  readonly quantityScale: number;
  readonly venueTradeId: number;
  /** The venue's clock, Unix nanoseconds as decimal text. */
  readonly venueTimeNs: string;
}

export type EngineCommand =
  | RegisterInstrument
  | OpenAccount
  | AdjustCash
  | PlaceOrder
  | CancelOrder
  | SetRiskLimits
  | SetTradingState
  | SetVenueLevel
  | AmendOrder
  | MassCancel
  | SetInstrumentState
  | SetFees
  | SetFeedState
  | PrintTrade;

/** Everything that a journal can hold. */
export type JournalledCommand = EngineCommand | AdvanceTime;

/** The answer to one command: it is durable and applied. */
export interface CommandResult {
  readonly sequence: number;
  readonly timestampNs: bigint;
  readonly code: ResultCode;
  /** True when this is the outcome that the first command with the same account and clientOrderId had. */
  readonly replayed: boolean;
  /** Of PlaceOrder (denied ones too), CancelOrder and AmendOrder; 0 for others. */
  readonly orderId: number;
  readonly status: CommandStatus;
  /** Of MassCancel: how many orders were cancelled. */
  readonly filledLots: number;
  readonly limit: number | null;
  readonly observed: number | null;
  /** Events through this sequence show all that the command did. */
  readonly lastEventSequence: number;
}
