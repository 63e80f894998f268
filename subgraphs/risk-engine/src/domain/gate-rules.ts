// The rules of the engine's risk gate (engine/src/core/risk-gate.ts) as a client sees them: in the order in which an order
// meets them. The engine reports the one that denied; those before it passed, those behind it never ran.

import { assertNever } from '@mib/model/assert-never';
import type { OrderType } from '@mib/model/trading';
import type { RejectCode } from '@mib/proto/engine-client';
import { formatMoney, formatPrice, formatQuantity, moneyOfUnits, type RiskInstrument } from './instrument.ts';

interface Rule {
  readonly name: string;
  readonly codes: readonly RejectCode[];
  /** Order types that meet the rule; all when absent. */
  readonly types?: readonly OrderType[];
}

const CAPACITY = 'CAPACITY';
const RULES: readonly Rule[] = [
  { name: 'ORDER_TERMS', codes: ['UNKNOWN_ACCOUNT', 'UNKNOWN_INSTRUMENT', 'INVALID_QUANTITY', 'INVALID_PRICE', 'DUPLICATE_CLIENT_ORDER_ID', 'INVALID_EXPIRY'] },
  { name: 'INSTRUMENT_STATE', codes: ['INSTRUMENT_STATE'] },
  { name: 'TRADING_STATE', codes: ['TRADING_HALTED', 'TRADING_STATE_REDUCING'] },
  { name: 'PRICE_COLLAR', codes: ['PRICE_COLLAR'], types: ['LIMIT'] },
  { name: 'POSITION_LIMIT', codes: ['POSITION_LIMIT'] },
  { name: 'LIQUIDITY', codes: ['NO_LIQUIDITY'], types: ['MARKET', 'MARKET_TO_LIMIT'] },
  { name: 'VALUE_RANGE', codes: ['OVERFLOW'] },
  { name: CAPACITY, codes: ['CAPACITY_EXCEEDED'] },
  { name: 'FREE_BALANCE', codes: ['NOTIONAL_EXCEEDS_FREE_BALANCE'], types: ['MARKET', 'LIMIT', 'MARKET_TO_LIMIT'] },
];

/** What the gate said: `code` null is accepted, `limit` and `observed` in the engine's whole numbers. */
export interface GateOutcome {
  readonly type: OrderType;
  readonly code: RejectCode | null;
  readonly limit: number | null;
  readonly observed: number | null;
}

export interface RiskCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly limit: string | null;
  readonly observed: string | null;
}

export function riskChecks(outcome: GateOutcome, instrument: RiskInstrument | undefined): RiskCheck[] {
  const { code, type } = outcome;
  const met = RULES.filter((rule) => rule.types === undefined || rule.types.includes(type));
  if (code === null) return met.map(passed);
  const failed = met.findIndex((rule) => rule.codes.includes(code));
  const name = met[failed]?.name ?? code;
  const denied: RiskCheck = { name, passed: false, ...figures(outcome, code, instrument) };
  // The engine looks for room at two places, so which rules came before is not known.
  return name === CAPACITY ? [denied] : [...met.slice(0, Math.max(failed, 0)).map(passed), denied];
}

/** `limit` and `observed` of a denial in human units; null where the code has none. */
export function figures({ limit, observed }: Pick<GateOutcome, 'limit' | 'observed'>, code: RejectCode, instrument: RiskInstrument | undefined): Pick<RiskCheck, 'limit' | 'observed'> {
  return { limit: inUnit(limit, code, instrument), observed: inUnit(observed, code, instrument) };
}

function passed({ name }: Rule): RiskCheck {
  return { name, passed: true, limit: null, observed: null };
}

function inUnit(value: number | null, code: RejectCode, instrument: RiskInstrument | undefined): string | null {
  if (value === null || !instrument) return null;
  switch (code) {
    case 'NOTIONAL_EXCEEDS_FREE_BALANCE':
      return formatMoney(moneyOfUnits(value, instrument.cashScale));
    case 'POSITION_LIMIT':
    case 'TRADING_STATE_REDUCING':
    case 'INVALID_QUANTITY':
    case 'INVALID_AMENDMENT':
      return formatQuantity(value, instrument);
    case 'PRICE_COLLAR':
    case 'INVALID_PRICE':
    case 'POST_ONLY_WOULD_TRADE':
      return formatPrice(value, instrument);
    case 'CAPACITY_EXCEEDED':
      return String(value);
    case 'UNKNOWN_ACCOUNT':
    case 'UNKNOWN_INSTRUMENT':
    case 'UNKNOWN_ORDER':
    case 'TRADING_HALTED':
    case 'CURRENCY_SCALE_CONFLICT':
    case 'OVERFLOW':
    case 'CONFLICTING_REGISTRATION':
    case 'NO_LIQUIDITY':
    case 'DUPLICATE_CLIENT_ORDER_ID':
    case 'INSTRUMENT_STATE':
    case 'INVALID_EXPIRY':
    case 'NOTHING_TO_AMEND':
      return null;
    default:
      return assertNever(code);
  }
}
