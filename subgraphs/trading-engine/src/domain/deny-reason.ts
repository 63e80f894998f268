// The engine's codes as the graph names them. A code without a reason never denies an order that passed this service's
// checks; should the engine answer with one all the same, placeOrder tells it as an input error.

import { formatDecimal, fromSteps } from '@mib/model/decimal';
import type { RejectCode } from '@mib/proto/engine-client';
import { formatMoney, formatPrice, formatQuantity, moneyOfUnits, type TradedInstrument } from './instrument.ts';

export const DENY_REASONS = [
  'NOTIONAL_EXCEEDS_FREE_BALANCE',
  'POSITION_LIMIT',
  'PRICE_COLLAR',
  'TRADING_HALTED',
  'TRADING_STATE_REDUCING',
  'NO_LIQUIDITY',
  'PRICE_OUT_OF_RANGE',
  'QUANTITY_EXCEEDS_MAXIMUM',
  'VALUE_OUT_OF_RANGE',
  'CAPACITY_EXCEEDED',
  'INSTRUMENT_STATE',
  'POST_ONLY_WOULD_TRADE',
  'INVALID_EXPIRY',
  'NOTHING_TO_AMEND',
  'INVALID_AMENDMENT',
] as const;
export type DenyReason = (typeof DENY_REASONS)[number];

type Unit = 'money' | 'quantity' | 'price' | 'count' | 'none';

const REASONS: Readonly<Record<RejectCode, { readonly reason: DenyReason; readonly unit: Unit; readonly text: string } | null>> = {
  NOTIONAL_EXCEEDS_FREE_BALANCE: { reason: 'NOTIONAL_EXCEEDS_FREE_BALANCE', unit: 'money', text: 'the order needs more cash than is free' },
  POSITION_LIMIT: { reason: 'POSITION_LIMIT', unit: 'quantity', text: 'the position could grow beyond its limit' },
  PRICE_COLLAR: { reason: 'PRICE_COLLAR', unit: 'price', text: 'the limit price is too far from the market' },
  TRADING_HALTED: { reason: 'TRADING_HALTED', unit: 'none', text: 'trading is halted' },
  TRADING_STATE_REDUCING: { reason: 'TRADING_STATE_REDUCING', unit: 'quantity', text: 'only orders that shrink a position pass now' },
  NO_LIQUIDITY: { reason: 'NO_LIQUIDITY', unit: 'none', text: 'the book holds no price within the collar' },
  INVALID_PRICE: { reason: 'PRICE_OUT_OF_RANGE', unit: 'price', text: 'the price is outside what the book can hold' },
  INVALID_QUANTITY: { reason: 'QUANTITY_EXCEEDS_MAXIMUM', unit: 'quantity', text: 'the quantity is outside what the engine can hold' },
  OVERFLOW: { reason: 'VALUE_OUT_OF_RANGE', unit: 'none', text: 'cash or position would grow beyond what is kept exactly' },
  CAPACITY_EXCEEDED: { reason: 'CAPACITY_EXCEEDED', unit: 'count', text: 'the engine has no room left' },
  INSTRUMENT_STATE: { reason: 'INSTRUMENT_STATE', unit: 'none', text: 'the instrument does not take this order in its present state' },
  POST_ONLY_WOULD_TRADE: { reason: 'POST_ONLY_WOULD_TRADE', unit: 'price', text: 'a post-only order would trade at once' },
  INVALID_EXPIRY: { reason: 'INVALID_EXPIRY', unit: 'none', text: 'the order would end before it begins' },
  NOTHING_TO_AMEND: { reason: 'NOTHING_TO_AMEND', unit: 'none', text: 'the order has these terms already' },
  INVALID_AMENDMENT: { reason: 'INVALID_AMENDMENT', unit: 'quantity', text: 'the order cannot take these terms, its quantity must be above what is filled' },
  UNKNOWN_ACCOUNT: null,
  UNKNOWN_INSTRUMENT: null,
  UNKNOWN_ORDER: null,
  CURRENCY_SCALE_CONFLICT: null,
  CONFLICTING_REGISTRATION: null,
  DUPLICATE_CLIENT_ORDER_ID: null,
};

export function denyReason(code: RejectCode): DenyReason | null {
  return REASONS[code]?.reason ?? null;
}

export interface Denial {
  readonly reason: DenyReason;
  readonly message: string;
  readonly limit: string | null;
  readonly observed: string | null;
}

/** A denial in human units; null for a code that is no denial of an order. */
export function describeDenial(denied: { readonly code: RejectCode; readonly limit: number | null; readonly observed: number | null }, instrument: TradedInstrument): Denial | null {
  const known = REASONS[denied.code];
  if (!known) return null;
  const limit = inUnit(denied.limit, known.unit, instrument);
  const observed = inUnit(denied.observed, known.unit, instrument);
  const figures = [limit === null ? '' : `limit ${limit}`, observed === null ? '' : `observed ${observed}`].filter((text) => text !== '').join(', ');
  return { reason: known.reason, message: figures === '' ? known.text : `${known.text}: ${figures}`, limit, observed };
}

function inUnit(value: number | null, unit: Unit, instrument: TradedInstrument): string | null {
  if (value === null) return null;
  switch (unit) {
    case 'money':
      return formatMoney(moneyOfUnits(value, instrument.cashScale));
    case 'quantity':
      return formatQuantity(value, instrument);
    case 'price':
      return formatPrice(value, instrument);
    case 'count':
      return formatDecimal(fromSteps(value, { units: 1n, scale: 0 }));
    case 'none':
      return null;
  }
}
