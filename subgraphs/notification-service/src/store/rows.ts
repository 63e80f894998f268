// Rows of the rule and instrument tables as `pg` and Prisma hand them out, turned into what the domain knows.

import { parseDecimal } from '@mib/model/decimal';
import type { AlertRule, Condition, CrossDirection } from '../domain/alert-rule.ts';
import type { TickedInstrument } from '../domain/instrument.ts';

/** Columns that say what a rule looks for; `kind` decides which of them are filled. */
export interface ConditionRow {
  readonly kind: string;
  readonly direction: string | null;
  readonly levelTicks: number | null;
  readonly basisPoints: number | null;
  readonly windowSeconds: number | null;
}

/** A rule as selected by RULE_COLUMNS; bigint columns arrive as text. */
export interface RuleRow extends ConditionRow {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly instrumentNumber: number;
  readonly cooldownSeconds: number;
  readonly startSequence: string;
  readonly beyond: boolean | null;
  readonly anchorTicks: number | null;
  readonly anchorNs: string | null;
  readonly lastFiredNs: string | null;
}

export const RULE_COLUMNS = `id, user_id as "userId", name, instrument_number as "instrumentNumber", kind, direction, level_ticks as "levelTicks",
  basis_points as "basisPoints", window_seconds as "windowSeconds", cooldown_seconds as "cooldownSeconds", start_sequence as "startSequence",
  beyond, anchor_ticks as "anchorTicks", anchor_ns as "anchorNs", last_fired_ns as "lastFiredNs"`;

export function ruleOfRow(row: RuleRow): AlertRule {
  const { id, userId, name, instrumentNumber, cooldownSeconds, beyond, anchorTicks, anchorNs, lastFiredNs } = row;
  const anchor = anchorTicks === null || anchorNs === null ? null : { ticks: anchorTicks, ns: BigInt(anchorNs) };
  const state = { beyond, anchor, lastFiredNs: lastFiredNs === null ? null : BigInt(lastFiredNs) };
  return { id, userId, name, instrumentNumber, condition: conditionOfRow(row), cooldownSeconds, startSequence: Number(row.startSequence), state };
}

export function conditionOfRow({ kind, direction, levelTicks, basisPoints, windowSeconds }: ConditionRow): Condition {
  if (kind === 'PRICE_CROSS') return { kind, direction: direction as CrossDirection, levelTicks: levelTicks! };
  if (kind === 'PERCENT_MOVE') return { kind, basisPoints: basisPoints!, windowSeconds: windowSeconds! };
  throw new Error(`a rule is stored with kind ${kind}`);
}

export function rowOfCondition(condition: Condition): ConditionRow {
  const empty = { direction: null, levelTicks: null, basisPoints: null, windowSeconds: null };
  return { ...empty, ...condition };
}

/** @param row.tickSize - plain decimal text. */
export function instrumentOfRow(row: { readonly number: number; readonly id: string; readonly tickSize: string }): TickedInstrument {
  return { number: row.number, id: row.id, tickSize: parseDecimal(row.tickSize, 'tickSize') };
}
