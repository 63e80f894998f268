// setTradingState: stored as the next version of the account (or of everybody), told to the engine. It has no expected
// version on purpose: a kill switch must work for whoever reaches it first, and second.

import type { TradingState } from '@mib/model/trading';
import type { UserError } from '@mib/service/errors';
import { isAsStrict, type TradingStateVersion } from '../domain/intent.ts';
import { parseReason } from '../domain/limits-input.ts';
import { appendTradingState } from '../store/intent-store.ts';
import { UNTOLD, refusal, type Actor } from './refusals.ts';
import type { EnforcementServices } from './set-limits.ts';

export interface TradingStateOutcome {
  /** What was stored; null when refused. */
  readonly version: TradingStateVersion | null;
  readonly userErrors: readonly UserError[];
}

export async function setTradingState(services: EnforcementServices, accountNumber: number, actor: Actor, input: { readonly state: TradingState; readonly reason: string }): Promise<TradingStateOutcome> {
  const reason = parseReason(input.reason);
  if (reason.kind === 'invalid') return { version: null, userErrors: reason.userErrors };
  const { state } = input;
  const stored = await appendTradingState(services.pool, accountNumber, (newest) => {
    const floor = actor.mayOverrule ? state : (newest?.floor ?? 'ACTIVE');
    if (!isAsStrict(state, floor)) return null;
    return { state, floor, reason: reason.value, actor: actor.userId, createdAt: new Date(services.now()) };
  });
  if (!stored) return { version: null, userErrors: [refusal('FORBIDDEN', 'a state set by an operator may be made stricter, not lifted', ['state'])] };
  if (!(await services.enforcement.enforce('trading-state', accountNumber))) return { version: stored, userErrors: [UNTOLD] };
  return { version: { ...stored, appliedAt: new Date(services.now()) }, userErrors: [] };
}
