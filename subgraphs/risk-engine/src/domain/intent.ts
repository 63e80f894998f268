// Limits and trading states are intents: stored first, told to the engine after, until it confirms.

import { TRADING_STATES, type TradingState } from '@mib/model/trading';
import type { LimitTerms } from './limits.ts';

export type EnforcementStatus = 'PENDING' | 'APPLIED' | 'SUPERSEDED';

/** Account number of the trading state of everybody. */
export const EVERYBODY = 0;

interface Intent {
  readonly accountNumber: number;
  /** Counts from 1 within the account. */
  readonly version: number;
  readonly actor: string;
  readonly createdAt: Date;
  readonly appliedAt: Date | null;
  readonly newest: boolean;
}

/** `ceiling`: terms last set by a holder of risk:write:any, which the owner may not exceed. */
export interface LimitVersion extends Intent {
  readonly terms: LimitTerms;
  readonly ceiling: LimitTerms | null;
}

/** `floor`: the state last set by a holder of risk:write:any, which the owner may not lift. */
export interface TradingStateVersion extends Intent {
  readonly state: TradingState;
  readonly floor: TradingState;
  readonly reason: string;
}

export function statusOf({ appliedAt, newest }: Pick<Intent, 'appliedAt' | 'newest'>): EnforcementStatus {
  if (appliedAt !== null) return 'APPLIED';
  return newest ? 'PENDING' : 'SUPERSEDED';
}

/** True when `state` lets no order through that `floor` stops. */
export function isAsStrict(state: TradingState, floor: TradingState): boolean {
  return TRADING_STATES.indexOf(state) >= TRADING_STATES.indexOf(floor);
}
