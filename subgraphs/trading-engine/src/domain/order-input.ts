// The door for orders: texts in, the engine's whole numbers out, or every fault at once with its value and field path.

import { parseDecimal, toSteps } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import { parseTimestamp } from '@mib/model/timestamp';
import type { OrderType, SelfTradePrevention, Side, TimeInForce } from '@mib/model/trading';
import type { AmendOrder, PlaceOrder } from '@mib/proto/engine-commands';
import type { UserError } from '@mib/service/errors';
import type { InstrumentBook } from './instrument-book.ts';
import type { TradedInstrument } from './instrument.ts';

/** Largest price in ticks and quantity in lots that the engine's signed 32-bit words hold. */
export const MAX_STEPS = 2 ** 31 - 1;
export const MAX_CLIENT_ORDER_ID_CHARACTERS = 36;
/** Commands of this service itself (the first deposit) use client order ids that no client may choose. */
export const RESERVED_PREFIX = 'mib:';

export const NS_PER_MICROSECOND = 1_000n;

export interface OrderInput {
  readonly clientOrderId: string;
  readonly instrumentId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly quantity: string;
  readonly limitPrice?: string | null | undefined;
  readonly stopPrice?: string | null | undefined;
  readonly trailingOffset?: string | null | undefined;
  readonly displayQuantity?: string | null | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly postOnly?: boolean | undefined;
  readonly selfTradePrevention?: SelfTradePrevention | undefined;
}

/** What PlaceOrder needs beside the account. */
export type OrderTerms = Omit<PlaceOrder, 'kind' | 'accountNumber'>;

export type ParsedOrder = { readonly terms: OrderTerms } | { readonly userErrors: readonly UserError[] };

/** Which types have a field: it must be given for those that need it and left out of the others. */
const LIMITED: readonly OrderType[] = ['LIMIT', 'STOP_LIMIT'];
const STOPPED: readonly OrderType[] = ['STOP', 'STOP_LIMIT'];
const TRAILING: readonly OrderType[] = ['TRAILING_STOP'];

export function parseOrder(input: OrderInput, instruments: InstrumentBook): ParsedOrder {
  const faults = new Faults();
  const { clientOrderId, side, type, tif, postOnly, selfTradePrevention } = input;
  faults.collect('clientOrderId', () => checkClientOrderId(clientOrderId));
  const instrument = instruments.find(input.instrumentId);
  if (!instrument) faults.add('NOT_FOUND', `instrumentId must be a tradable instrument, was ${JSON.stringify(input.instrumentId.slice(0, 40))}`, 'instrumentId');
  const price = (field: 'limitPrice' | 'stopPrice' | 'trailingOffset', types: readonly OrderType[]): number | undefined =>
    faults.collect(field, () => (given(field, input[field], types.includes(type), `${type} order`) ? steps(input[field]!, field, instrument?.tickSize) : undefined));
  const quantityLots = faults.collect('quantity', () => steps(input.quantity, 'quantity', instrument?.lotSize));
  const limitPriceTicks = price('limitPrice', LIMITED);
  const triggerTicks = price('stopPrice', STOPPED) ?? price('trailingOffset', TRAILING);
  const displayLots = faults.collect('displayQuantity', () => displayed(input, quantityLots, instrument));
  const expireMicros = faults.collect('expiresAt', () => (given('expiresAt', input.expiresAt, tif === 'GTD', `${tif} order`) ? Number(parseTimestamp(input.expiresAt!, 'expiresAt') / NS_PER_MICROSECOND) : undefined));
  faults.collect('postOnly', () => checkPostOnly(input));
  if (faults.list.length > 0 || !instrument || quantityLots === undefined) return { userErrors: faults.list };
  return { terms: { clientOrderId, instrumentNumber: instrument.number, side, type, tif, limitPriceTicks, quantityLots, triggerTicks, displayLots, expireMicros, postOnly, selfTradePrevention } };
}

export interface AmendmentInput {
  readonly quantity?: string | null | undefined;
  readonly limitPrice?: string | null | undefined;
  readonly stopPrice?: string | null | undefined;
  readonly trailingOffset?: string | null | undefined;
}

/** What AmendOrder needs beside account and order; undefined keeps a term. */
export type AmendmentTerms = Omit<AmendOrder, 'kind' | 'accountNumber' | 'orderId'>;

/** New terms for an order of `type`. Whether they change anything is the engine's to say. */
export function parseAmendment(input: AmendmentInput, type: OrderType, instrument: TradedInstrument): { readonly terms: AmendmentTerms } | { readonly userErrors: readonly UserError[] } {
  const faults = new Faults();
  const price = (field: 'limitPrice' | 'stopPrice' | 'trailingOffset', types: readonly OrderType[]): number | undefined =>
    faults.collect(field, () => {
      const text = input[field] ?? undefined;
      if (text === undefined) return undefined;
      if (!types.includes(type)) throw new InvalidValueError(`${field} must be left out of a ${type} order`, text);
      return steps(text, field, instrument.tickSize);
    });
  const { quantity } = input;
  const quantityLots = faults.collect('quantity', () => (typeof quantity === 'string' ? steps(quantity, 'quantity', instrument.lotSize) : undefined));
  const limitPriceTicks = price('limitPrice', [...LIMITED, 'MARKET_TO_LIMIT']);
  const triggerTicks = price('stopPrice', STOPPED) ?? price('trailingOffset', TRAILING);
  return faults.list.length > 0 ? { userErrors: faults.list } : { terms: { quantityLots, limitPriceTicks, triggerTicks } };
}

/** Gathers what is wrong, so that every fault is told at once. */
class Faults {
  readonly list: UserError[] = [];

  add(code: UserError['code'], message: string, field: string): void {
    this.list.push({ code, message, field: ['input', field], retryable: false });
  }

  collect<T>(field: string, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      this.add('VALIDATION', error.message, field);
      return undefined;
    }
  }
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

/** @returns whether the value is there, which is as it must be. */
function given(name: string, value: string | null | undefined, needed: boolean, where: string): boolean {
  const isGiven = value !== undefined && value !== null;
  if (needed && !isGiven) throw new InvalidValueError(`${name} must be given for a ${where}`, value);
  if (!needed && isGiven) throw new InvalidValueError(`${name} must be left out of a ${where}`, value);
  return isGiven;
}

function displayed({ displayQuantity, type, tif }: OrderInput, quantityLots: number | undefined, instrument: TradedInstrument | undefined): number | undefined {
  if (displayQuantity === undefined || displayQuantity === null) return undefined;
  if (!LIMITED.includes(type) || !rests(tif)) throw new InvalidValueError(`displayQuantity must be left out of a ${type} ${tif} order`, displayQuantity);
  const lots = steps(displayQuantity, 'displayQuantity', instrument?.lotSize);
  if (lots !== undefined && quantityLots !== undefined && lots > quantityLots) throw new InvalidValueError('displayQuantity must be at most the quantity', displayQuantity);
  return lots;
}

function checkPostOnly({ postOnly, type, tif }: OrderInput): void {
  if (postOnly && (type !== 'LIMIT' || !rests(tif))) throw new InvalidValueError(`postOnly must be left out of a ${type} ${tif} order`, postOnly);
}

function rests(tif: TimeInForce): boolean {
  return tif !== 'IOC' && tif !== 'FOK';
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
