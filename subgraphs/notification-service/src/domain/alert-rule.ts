// What a rule is and what a trade does to it. Whole numbers only: prices in ticks, percents in basis points, times in
// nanoseconds of the engine, so that the same trades fire the same rules however often they are read.
//
//   PriceCross ABOVE        first trade arms      BELOW ──trade ≥ level──► AT OR BEYOND   (fires)
//                                                       ◄──trade < level──                 (arms again)

import { assertNever } from '@mib/model/assert-never';
import type { TimestampNs } from '@mib/model/timestamp';

export const CROSS_DIRECTIONS = ['ABOVE', 'BELOW'] as const;
export type CrossDirection = (typeof CROSS_DIRECTIONS)[number];

export type Condition =
  | { readonly kind: 'PRICE_CROSS'; readonly direction: CrossDirection; readonly levelTicks: number }
  | { readonly kind: 'PERCENT_MOVE'; readonly basisPoints: number; readonly windowSeconds: number };

/** What the trades so far have left behind. */
export interface RuleState {
  /** PRICE_CROSS: whether the last trade lay at the level or beyond it; null before the first. */
  readonly beyond: boolean | null;
  /** PERCENT_MOVE: the trade that moves are measured from; null before the first. */
  readonly anchor: { readonly ticks: number; readonly ns: TimestampNs } | null;
  readonly lastFiredNs: TimestampNs | null;
}

export interface AlertRule {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly instrumentNumber: number;
  readonly condition: Condition;
  readonly cooldownSeconds: number;
  /** Only trades behind this engine event count. */
  readonly startSequence: number;
  readonly state: RuleState;
}

/** The part of the engine's event that a rule looks at. */
export interface TradePrint {
  readonly sequence: number;
  readonly instrumentNumber: number;
  readonly priceTicks: number;
  readonly timestampNs: TimestampNs;
}

export interface Observation {
  /** The same object when the trade changed nothing. */
  readonly state: RuleState;
  readonly fired: boolean;
}

export const UNARMED = { beyond: null, anchor: null } as const;

const BASIS_POINTS = 10_000;
const NS_PER_SECOND = 1_000_000_000n;

/** Shows one trade to a rule. Trades come in the order of the engine; one that is not behind the rule's start is passed over. */
export function observe(rule: AlertRule, trade: TradePrint): Observation {
  if (trade.sequence <= rule.startSequence) return { state: rule.state, fired: false };
  switch (rule.condition.kind) {
    case 'PRICE_CROSS':
      return observeCross(rule, rule.condition, trade);
    case 'PERCENT_MOVE':
      return observeMove(rule, rule.condition, trade);
    default:
      return assertNever(rule.condition);
  }
}

function observeCross(rule: AlertRule, { direction, levelTicks }: Extract<Condition, { kind: 'PRICE_CROSS' }>, trade: TradePrint): Observation {
  const { state } = rule;
  const beyond = direction === 'ABOVE' ? trade.priceTicks >= levelTicks : trade.priceTicks <= levelTicks;
  if (beyond === state.beyond) return { state, fired: false };
  const crossed = beyond && state.beyond === false;
  return settle({ ...state, beyond }, crossed && hasCooled(rule, trade), trade);
}

function observeMove(rule: AlertRule, { basisPoints, windowSeconds }: Extract<Condition, { kind: 'PERCENT_MOVE' }>, trade: TradePrint): Observation {
  const { state } = rule;
  const { anchor } = state;
  const expired = anchor === null || trade.timestampNs - anchor.ns > BigInt(windowSeconds) * NS_PER_SECOND;
  // Ticks are below 2^31 and basis points at most 100,000: both products stay below 2^53.
  const moved = !expired && Math.abs(trade.priceTicks - anchor.ticks) * BASIS_POINTS >= basisPoints * anchor.ticks;
  if (!expired && !moved) return { state, fired: false };
  return settle({ ...state, anchor: { ticks: trade.priceTicks, ns: trade.timestampNs } }, moved && hasCooled(rule, trade), trade);
}

function hasCooled({ state, cooldownSeconds }: AlertRule, { timestampNs }: TradePrint): boolean {
  return state.lastFiredNs === null || timestampNs - state.lastFiredNs >= BigInt(cooldownSeconds) * NS_PER_SECOND;
}

function settle(state: RuleState, fired: boolean, { timestampNs }: TradePrint): Observation {
  return { state: fired ? { ...state, lastFiredNs: timestampNs } : state, fired };
}
