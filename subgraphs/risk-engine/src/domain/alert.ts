// When to raise an alert: a metric rises to a new level of HIGH or above, or an order is denied; at most once a cooldown
// for each metric of an account.

import type { RejectCode } from '@mib/proto/engine-client';
import { levelOf, severity, THRESHOLDS, type Metric, type RiskLevel } from './risk-level.ts';

export const COOLDOWN_MS = 60_000;
const LOUD: RiskLevel = 'HIGH';

/** Where a metric of an account stood last and when it was last told. */
export interface AlertState {
  readonly level: RiskLevel;
  readonly alertedAtMs: number | null;
}

export interface NewAlert {
  readonly accountNumber: number;
  readonly level: RiskLevel;
  readonly metric: string;
  /** Decimal text. */
  readonly observed: string | null;
  readonly limit: string | null;
  readonly orderId: number | null;
  readonly instrumentNumber: number | null;
  readonly atMs: number;
}

export interface Observation {
  readonly accountNumber: number;
  readonly metric: Metric;
  readonly value: number;
  readonly atMs: number;
}

const RATIO_DECIMALS = 6;
/** Everything else that denies an order is an ordinary refusal, worth a look. */
const DENIAL_LEVELS: Partial<Record<RejectCode, RiskLevel>> = { TRADING_HALTED: 'HIGH', TRADING_STATE_REDUCING: 'HIGH' };

/** The state afterwards and the alert, if it is time for one. A rise within the cooldown is told when it still holds after it. */
export function observe(before: AlertState | undefined, { accountNumber, metric, value, atMs }: Observation): { readonly state: AlertState; readonly alert: NewAlert | null } {
  const level = levelOf(metric, value);
  const known: RiskLevel = before?.level ?? 'LOW';
  const rises = severity(level) > severity(known) && severity(level) >= severity(LOUD);
  if (!rises) return { state: { level, alertedAtMs: before?.alertedAtMs ?? null }, alert: null };
  if (cooling(before, atMs)) return { state: before!, alert: null };
  const limit = THRESHOLDS[metric][level as Exclude<RiskLevel, 'LOW'>];
  const alert: NewAlert = { accountNumber, level, metric, observed: value.toFixed(RATIO_DECIMALS), limit: String(limit), orderId: null, instrumentNumber: null, atMs };
  return { state: { level, alertedAtMs: atMs }, alert };
}

export function denialLevel(code: RejectCode): RiskLevel {
  return DENIAL_LEVELS[code] ?? 'MEDIUM';
}

export function cooling(state: AlertState | undefined, atMs: number): boolean {
  return state?.alertedAtMs != null && atMs - state.alertedAtMs < COOLDOWN_MS;
}
