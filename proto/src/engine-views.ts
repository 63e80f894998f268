// What the engine answers to reads. Every view is taken between two commands and names the last event it includes, so
// a reader takes a snapshot and then follows the events after `eventSequence`.

import type { FeedState, InstrumentState, Side, TradingState } from '@mib/model/trading';
import type { LatencyStage } from './engine-codes.ts';

/** `[priceTicks, quantityLots, orders]`. */
export type LevelView = readonly [priceTicks: number, quantityLots: number, orders: number];

/** `bids` and `asks`: best first, at most `depth`. */
export interface BookSnapshot {
  readonly instrumentNumber: number;
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
  /** Null for an instrument that never had an outside feed. */
  readonly feedState: FeedState | null;
  readonly eventSequence: number;
  /** When book, last trade or feed state changed last; 0 before that. */
  readonly timestampNs: bigint;
}

export interface LastTrade {
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly takerSide: Side;
  readonly timestampNs: bigint;
  /** Of its Trade event; 0 for a trade older than the engine that knows this. */
  readonly eventSequence: number;
}

/** What an auction would trade now. `imbalanceLots` is left over there: positive on the buy side, negative on the sell side. */
export interface IndicativePrice {
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly imbalanceLots: number;
}

export interface QuoteSnapshot {
  readonly instrumentNumber: number;
  readonly bid: LevelView | null;
  readonly ask: LevelView | null;
  readonly last: LastTrade | null;
  readonly state: InstrumentState;
  /** Null outside PRE_OPEN and AUCTION, and when nothing would trade. */
  readonly indicative: IndicativePrice | null;
  /** Null for an instrument that never had an outside feed. */
  readonly feedState: FeedState | null;
  /** Of the last trade printed by the outside feed; 0 before the first. */
  readonly venueTradeId: number;
  /** By the venue's clock, rounded down to the microsecond; 0 before the first. */
  readonly venueTimeNs: bigint;
  readonly eventSequence: number;
  readonly timestampNs: bigint;
}

export interface CashView {
  readonly currency: string;
  readonly totalUnits: number;
  /** Held for open orders and short positions; free is total minus locked. */
  readonly lockedUnits: number;
}

/** `quantityLots` is negative for a short position. */
export interface PositionView {
  readonly instrumentNumber: number;
  readonly quantityLots: number;
  readonly openBuyLots: number;
  readonly openSellLots: number;
}

export interface RiskLimitsView {
  readonly instrumentNumber: number;
  readonly maxPositionLots: number;
  readonly collarBasisPoints: number;
}

export interface AccountSnapshot {
  readonly accountNumber: number;
  readonly tradingState: TradingState;
  readonly cash: readonly CashView[];
  readonly positions: readonly PositionView[];
  /** Those set by SetRiskLimits; others have the engine's defaults. */
  readonly limits: readonly RiskLimitsView[];
  readonly eventSequence: number;
}

export interface InstrumentDefinition {
  readonly instrumentNumber: number;
  readonly instrumentId: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly currency: string;
  readonly cashScale: number;
}

export interface EngineStatus {
  readonly ready: boolean;
  readonly ringSize: number;
  /** Commands taken in since the process started. */
  readonly published: number;
  /** Taken in, not yet applied. */
  readonly consumedLag: number;
  /** Taken in, not yet durable. */
  readonly journalLag: number;
  readonly lastCommandSequence: number;
  readonly lastEventSequence: number;
  /** Sixteen hex digits over the whole state; empty when not asked for. */
  /** Of the state after `lastCommandSequence`; empty when it was not asked for, or commands came without a pause. */
  readonly stateHash: string;
  /** Whole path of a command inside the engine, from its frame's arrival to its result's departure. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly p999Micros: number;
  /** The same by stage, TOTAL last, of the last minute or two. */
  readonly latency: readonly StageLatency[];
  /** The oldest event that can be read. */
  readonly firstEventSequence: number;
}

export interface StageLatency {
  readonly stage: LatencyStage;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly p999Micros: number;
  readonly maxMicros: number;
  /** Commands measured. */
  readonly count: number;
}
