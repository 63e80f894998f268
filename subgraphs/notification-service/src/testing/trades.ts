// Rules and trades for tests: short to write, everything else a default.

import type { EngineEvent } from '@mib/proto/engine-client';
import { UNARMED, type AlertRule, type Condition, type TradePrint } from '../domain/alert-rule.ts';

export const NS_PER_SECOND = 1_000_000_000n;
export const EPOCH_NS = 1_600_000_000n * NS_PER_SECOND;

export function ruleOf(condition: Condition, options: Partial<AlertRule> = {}): AlertRule {
  return { id: 'rule', userId: 'user', name: 'rule', instrumentNumber: 1, condition, cooldownSeconds: 1, startSequence: 0, state: { ...UNARMED, lastFiredNs: null }, ...options };
}

export const above = (levelTicks: number): Condition => ({ kind: 'PRICE_CROSS', direction: 'ABOVE', levelTicks });
export const below = (levelTicks: number): Condition => ({ kind: 'PRICE_CROSS', direction: 'BELOW', levelTicks });
export const moves = (basisPoints: number, windowSeconds: number): Condition => ({ kind: 'PERCENT_MOVE', basisPoints, windowSeconds });

/** Trades of one instrument, `stepSeconds` apart, sequences from 1. */
export function printsOf(prices: readonly number[], stepSeconds = 10): TradePrint[] {
  return prices.map((priceTicks, index) => ({ sequence: index + 1, instrumentNumber: 1, priceTicks, timestampNs: EPOCH_NS + BigInt(index * stepSeconds) * NS_PER_SECOND }));
}

/** The trade as the engine would say it. */
export function tradeEvent({ sequence, instrumentNumber, priceTicks, timestampNs }: TradePrint): EngineEvent {
  return {
    kind: 'Trade', sequence, commandSequence: sequence, timestampNs, tradeId: sequence, instrumentNumber, priceTicks, quantityLots: 1, takerSide: 'BUY',
    takerOrderId: 1, takerAccountNumber: 2, takerRemainingLots: 0, makerOrderId: 2, makerAccountNumber: 1, makerRemainingLots: 0, takerFeeUnits: 0, makerFeeUnits: 0, isAuction: false,
  };
}
