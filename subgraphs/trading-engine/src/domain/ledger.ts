// The projection's arithmetic: one engine event in, changed rows out. Pure, so that the same events give the same rows
// after a crash, under re-delivery and in a test. Venue participants (accounts below 1000) leave no trace here.

import type { EngineEvent } from '@mib/proto/engine-client';
import { FIRST_USER_ACCOUNT } from '@mib/proto/engine-commands';
import type { Side } from '@mib/model/trading';
import { FLAT, applyFill, type AveragePosition } from './average-cost.ts';
import { cashPerTickLot, tradedInstrument, type TradedInstrument } from './instrument.ts';
import type { OrderRow } from './order.ts';

type Leg = 0 | 1;

/** The changing part of an order right after an event. `leg` 0 is the taker of a trade and every other event, 1 the maker. */
export interface OrderEventRow {
  readonly sequence: number;
  readonly leg: Leg;
  readonly isFill: boolean;
  readonly atNs: bigint;
  readonly order: OrderRow;
}

export interface FillRow {
  readonly sequence: number;
  readonly leg: Leg;
  readonly orderId: number;
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  /** Cash units paid, negative for a rebate. */
  readonly feeUnits: bigint;
  readonly atNs: bigint;
}

export interface PositionRow extends AveragePosition {
  readonly accountNumber: number;
  readonly instrumentNumber: number;
  /** Fees paid so far, less rebates, in cash units; not in `realised`. */
  readonly feeUnits: bigint;
  /** Of the last fill. */
  readonly sequence: number;
  readonly updatedAtNs: bigint;
}

export interface CashRow {
  readonly accountNumber: number;
  readonly currency: string;
  readonly totalUnits: bigint;
}

/** Cash that came from outside (negative: left). */
export interface CashFlowRow {
  readonly sequence: number;
  readonly accountNumber: number;
  readonly currency: string;
  readonly amountUnits: bigint;
  readonly atNs: bigint;
}

/** Rows as they are, loaded for the keys a batch touches, and what the batch has made of them so far. */
export interface Ledger {
  readonly orders: Map<number, OrderRow>;
  readonly positions: Map<string, PositionRow>;
  readonly cash: Map<string, CashRow>;
  readonly instruments: Map<number, TradedInstrument>;
  readonly changes: Changes;
}

export interface Changes {
  readonly instruments: TradedInstrument[];
  /** Opened in the engine. */
  readonly accountNumbers: number[];
  readonly orderEvents: OrderEventRow[];
  readonly fills: FillRow[];
  readonly cashFlows: CashFlowRow[];
  readonly orderIds: Set<number>;
  readonly positionKeys: Set<string>;
  readonly cashKeys: Set<string>;
}

export function emptyChanges(): Changes {
  return { instruments: [], accountNumbers: [], orderEvents: [], fills: [], cashFlows: [], orderIds: new Set(), positionKeys: new Set(), cashKeys: new Set() };
}

export function positionKey(accountNumber: number, instrumentNumber: number): string {
  return `${accountNumber}:${instrumentNumber}`;
}

export function cashKey(accountNumber: number, currency: string): string {
  return `${accountNumber}:${currency}`;
}

/** @throws {Error} when the event speaks of an order or instrument that no earlier event has announced. */
export function applyEvent(ledger: Ledger, event: EngineEvent): void {
  switch (event.kind) {
    case 'InstrumentRegistered':
      return registerInstrument(ledger, event);
    case 'AccountOpened':
      if (event.accountNumber >= FIRST_USER_ACCOUNT) ledger.changes.accountNumbers.push(event.accountNumber);
      return;
    case 'CashAdjusted':
      return adjustCash(ledger, event);
    case 'OrderAccepted':
    case 'OrderDenied':
      return openOrder(ledger, event);
    case 'Trade':
      return trade(ledger, event);
    case 'OrderCanceled':
      return cancelOrder(ledger, event);
    case 'OrderAmended':
      return amendOrder(ledger, event);
    default:
      return;
  }
}

type EventOf<K extends EngineEvent['kind']> = Extract<EngineEvent, { kind: K }>;

function registerInstrument(ledger: Ledger, event: EventOf<'InstrumentRegistered'>): void {
  const instrument = tradedInstrument(event);
  ledger.instruments.set(instrument.number, instrument);
  ledger.changes.instruments.push(instrument);
}

function adjustCash(ledger: Ledger, event: EventOf<'CashAdjusted'>): void {
  if (event.accountNumber < FIRST_USER_ACCOUNT) return;
  const { sequence, accountNumber, currency, timestampNs: atNs } = event;
  const amountUnits = BigInt(event.amountUnits);
  moveCash(ledger, accountNumber, currency, amountUnits);
  ledger.changes.cashFlows.push({ sequence, accountNumber, currency, amountUnits, atNs });
}

function openOrder(ledger: Ledger, event: EventOf<'OrderAccepted'> | EventOf<'OrderDenied'>): void {
  // An order of an instrument that does not exist can only be a denied one, sent by other hands than this service's.
  if (event.accountNumber < FIRST_USER_ACCOUNT || !ledger.instruments.has(event.instrumentNumber)) return;
  const denied = event.kind === 'OrderDenied';
  const order: OrderRow = {
    id: event.orderId,
    accountNumber: event.accountNumber,
    clientOrderId: event.clientOrderId,
    instrumentNumber: event.instrumentNumber,
    side: event.side,
    type: event.type,
    tif: event.tif,
    limitPriceTicks: event.limitPriceTicks,
    quantityLots: event.quantityLots,
    triggerTicks: event.triggerTicks,
    displayLots: denied ? null : event.displayLots,
    expireMicros: event.expireMicros,
    postOnly: event.postOnly,
    selfTradePrevention: event.selfTradePrevention,
    filledLots: 0,
    filledValue: 0n,
    status: denied ? 'DENIED' : 'ACCEPTED',
    denyCode: denied ? event.code : null,
    denyLimit: denied ? event.limit : null,
    denyObserved: denied ? event.observed : null,
    cancelReason: null,
    createdAtNs: event.timestampNs,
    updatedAtNs: event.timestampNs,
    version: 0,
  };
  record(ledger, event, 0, order, false);
}

function cancelOrder(ledger: Ledger, event: EventOf<'OrderCanceled'>): void {
  if (event.accountNumber < FIRST_USER_ACCOUNT) return;
  record(ledger, event, 0, { ...orderOf(ledger, event.orderId), status: 'CANCELED', cancelReason: event.reason }, false);
}

/** The status stays: an amendment leaves more than is filled. */
function amendOrder(ledger: Ledger, event: EventOf<'OrderAmended'>): void {
  if (event.accountNumber < FIRST_USER_ACCOUNT) return;
  const { limitPriceTicks, quantityLots, triggerTicks } = event;
  record(ledger, event, 0, { ...orderOf(ledger, event.orderId), limitPriceTicks, quantityLots, triggerTicks }, false);
}

function trade(ledger: Ledger, event: EventOf<'Trade'>): void {
  const makerSide = event.takerSide === 'BUY' ? 'SELL' : 'BUY';
  fill(ledger, event, { leg: 0, orderId: event.takerOrderId, accountNumber: event.takerAccountNumber, side: event.takerSide, feeUnits: BigInt(event.takerFeeUnits) });
  fill(ledger, event, { leg: 1, orderId: event.makerOrderId, accountNumber: event.makerAccountNumber, side: makerSide, feeUnits: BigInt(event.makerFeeUnits) });
}

interface TradeSide {
  readonly leg: Leg;
  readonly orderId: number;
  readonly accountNumber: number;
  readonly side: Side;
  readonly feeUnits: bigint;
}

function fill(ledger: Ledger, event: EventOf<'Trade'>, { leg, orderId, accountNumber, side, feeUnits }: TradeSide): void {
  if (accountNumber < FIRST_USER_ACCOUNT) return;
  const { instrumentNumber, priceTicks, quantityLots, timestampNs } = event;
  const order = orderOf(ledger, orderId);
  const filledLots = order.filledLots + quantityLots;
  const filledValue = order.filledValue + BigInt(priceTicks) * BigInt(quantityLots);
  const status = filledLots === order.quantityLots ? 'FILLED' : 'PARTIALLY_FILLED';
  record(ledger, event, leg, { ...order, filledLots, filledValue, status }, true);
  ledger.changes.fills.push({ sequence: event.sequence, leg, orderId, accountNumber, instrumentNumber, side, priceTicks, quantityLots, feeUnits, atNs: timestampNs });

  const key = positionKey(accountNumber, instrumentNumber);
  const position = ledger.positions.get(key) ?? { ...FLAT, feeUnits: 0n };
  ledger.positions.set(key, { ...applyFill(position, { side, priceTicks, quantityLots }), accountNumber, instrumentNumber, feeUnits: position.feeUnits + feeUnits, sequence: event.sequence, updatedAtNs: timestampNs });
  ledger.changes.positionKeys.add(key);

  const instrument = ledger.instruments.get(instrumentNumber);
  if (!instrument) throw new Error(`event ${event.sequence} trades instrument ${instrumentNumber}, which was never registered`);
  const value = BigInt(priceTicks) * BigInt(quantityLots) * cashPerTickLot(instrument);
  moveCash(ledger, accountNumber, instrument.currency, (side === 'BUY' ? -value : value) - feeUnits);
}

function moveCash(ledger: Ledger, accountNumber: number, currency: string, units: bigint): void {
  if (accountNumber < FIRST_USER_ACCOUNT) return;
  const key = cashKey(accountNumber, currency);
  ledger.cash.set(key, { accountNumber, currency, totalUnits: (ledger.cash.get(key)?.totalUnits ?? 0n) + units });
  ledger.changes.cashKeys.add(key);
}

function orderOf(ledger: Ledger, orderId: number): OrderRow {
  const order = ledger.orders.get(orderId);
  if (!order) throw new Error(`order ${orderId} was never accepted`);
  return order;
}

function record(ledger: Ledger, event: { readonly sequence: number; readonly timestampNs: bigint }, leg: Leg, changed: OrderRow, isFill: boolean): void {
  const order: OrderRow = { ...changed, version: changed.version + 1, updatedAtNs: event.timestampNs };
  ledger.orders.set(order.id, order);
  ledger.changes.orderIds.add(order.id);
  ledger.changes.orderEvents.push({ sequence: event.sequence, leg, isFill, atNs: event.timestampNs, order });
}
