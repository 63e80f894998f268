// The door for orders: texts in, the engine's whole numbers out, or every fault at once with its value and field path.

import { parseDecimal, toSteps } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { OrderType, Side, TimeInForce } from '@mib/model/trading';
import type { UserError } from '@mib/service/errors';
import type { InstrumentBook } from './instrument-book.ts';

/** Largest price in ticks and quantity in lots that the engine's signed 32-bit words hold. */
export const MAX_STEPS = 2 ** 31 - 1;
export const MAX_CLIENT_ORDER_ID_CHARACTERS = 36;
/** Commands of this service itself (the first deposit) use client order ids that no client may choose. */
export const RESERVED_PREFIX = 'mib:';

export interface OrderInput {
  readonly clientOrderId: string;
  readonly instrumentId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly quantity: string;
  readonly limitPrice?: string | null | undefined;
}

/** What PlaceOrder needs beside the account. */
export interface OrderTerms {
  readonly clientOrderId: string;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly limitPriceTicks?: number | undefined;
  readonly quantityLots: number;
}

export type ParsedOrder = { readonly terms: OrderTerms } | { readonly userErrors: readonly UserError[] };

export function parseOrder(input: OrderInput, instruments: InstrumentBook): ParsedOrder {
  const faults: UserError[] = [];
  const collect = <T>(field: string, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      faults.push(fault('VALIDATION', error.message, field));
      return undefined;
    }
  };
  collect('clientOrderId', () => checkClientOrderId(input.clientOrderId));
  const instrument = instruments.find(input.instrumentId);
  if (!instrument) faults.push(fault('NOT_FOUND', `instrumentId must be a tradable instrument, was ${JSON.stringify(input.instrumentId.slice(0, 40))}`, 'instrumentId'));
  collect('limitPrice', () => checkLimitPriceGiven(input));
  const { limitPrice } = input;
  const quantityLots = collect('quantity', () => steps(input.quantity, 'quantity', instrument?.lotSize));
  const priced = input.type === 'LIMIT' && typeof limitPrice === 'string';
  const limitPriceTicks = priced ? collect('limitPrice', () => steps(limitPrice, 'limitPrice', instrument?.tickSize)) : undefined;
  if (faults.length > 0 || !instrument || quantityLots === undefined) return { userErrors: faults };
  const { clientOrderId, side, type, tif } = input;
  return { terms: { clientOrderId, instrumentNumber: instrument.number, side, type, tif, limitPriceTicks, quantityLots } };
}

/** True for a text that can name an order. */
export function isClientOrderId(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text) && text.length <= MAX_CLIENT_ORDER_ID_CHARACTERS && !text.startsWith(RESERVED_PREFIX);
}

function checkClientOrderId(text: string): void {
  if (isClientOrderId(text)) return;
  const rule = text.startsWith(RESERVED_PREFIX) ? `must not begin with ${RESERVED_PREFIX}` : `must be 1..${MAX_CLIENT_ORDER_ID_CHARACTERS} printable ASCII characters without spaces`;
  throw new InvalidValueError(`clientOrderId ${rule}`, text);
}

function checkLimitPriceGiven({ type, limitPrice }: OrderInput): void {
  const given = limitPrice !== undefined && limitPrice !== null;
  if (type === 'LIMIT' && !given) throw new InvalidValueError('limitPrice must be given for a LIMIT order', limitPrice);
  if (type === 'MARKET' && given) throw new InvalidValueError('limitPrice must be left out of a MARKET order', limitPrice);
}

/** Without a step (unknown instrument) only the shape is checked. */
function steps(text: string, name: string, step: Parameters<typeof toSteps>[1] | undefined): number | undefined {
  const value = parseDecimal(text, name);
  if (value.units <= 0n) throw new InvalidValueError(`${name} must be above 0`, text);
  if (!step) return undefined;
  const count = toSteps(value, step, name);
  if (count > MAX_STEPS) throw new InvalidValueError(`${name} must be at most ${MAX_STEPS} steps`, text);
  return count;
}

function fault(code: UserError['code'], message: string, field: string): UserError {
  return { code, message, field: ['input', field], retryable: false };
}
