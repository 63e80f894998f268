// The core's sentences: one function per kind of event, from indices and numbers to a record.

import { accountNumberOf } from './accounts';
import { BUY_SIDE, EVENT_KIND, ORDER_FLAGS_SHIFT, RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED, TIF, TRADE_IN_AUCTION, TRADE_IS_PRINT } from './codes';
import { addEvent } from './output';
import { Order } from './orders';
import { OrderRequest } from './order-request';
import { Command, Event } from './records';

export function orderAccepted(request: OrderRequest, command: Command): void {
  const event = addEvent(EVENT_KIND.ORDER_ACCEPTED, request.instrumentNumber);
  writeOrder(event, request, command, 0);
  event.display = request.display;
}

export function orderDenied(request: OrderRequest, code: i32, command: Command): void {
  const event = addEvent(EVENT_KIND.ORDER_DENIED, request.instrumentNumber);
  writeOrder(event, request, command, code);
  if (isNaN(request.limit)) return;
  event.limit = request.limit;
  event.observed = request.observed;
  event.limitFlags |= RESULT_HAS_LIMIT | RESULT_HAS_OBSERVED;
}

/** A trade of the request with the resting order `maker`, which still has what it had before; fees follow. */
export function traded(request: OrderRequest, maker: Order, lots: i32, takerRemaining: i32): Event {
  const event = addEvent(EVENT_KIND.TRADE, request.instrumentNumber);
  event.orderId = request.id;
  event.account = request.accountNumber;
  event.terms = sideCode(request.side);
  event.price = maker.price;
  event.quantity = lots;
  event.remaining = takerRemaining;
  event.makerOrderId = maker.id;
  event.makerAccount = accountNumberOf(maker.account);
  event.makerRemaining = maker.remaining - lots;
  return event;
}

/** A trade of two resting orders, of which `taker` is the younger one; both still have what they had before. */
export function auctioned(instrumentNumber: i32, taker: Order, maker: Order, price: i32, lots: i32): Event {
  const event = addEvent(EVENT_KIND.TRADE, instrumentNumber);
  event.orderId = taker.id;
  event.account = accountNumberOf(taker.account);
  event.terms = sideCode(taker.side) | TRADE_IN_AUCTION;
  event.price = price;
  event.quantity = lots;
  event.remaining = taker.remaining - lots;
  event.makerOrderId = maker.id;
  event.makerAccount = accountNumberOf(maker.account);
  event.makerRemaining = maker.remaining - lots;
  return event;
}

/** Records begin as zeros: without fees nothing is written. */
export function addFees(event: Event, takerFee: f64, makerFee: f64): void {
  if (takerFee != 0) event.takerFee = takerFee;
  if (makerFee != 0) event.makerFee = makerFee;
}

/** A trade that a venue reports. */
export function printed(command: Command, side: i32, lots: i32): void {
  const event = addEvent(EVENT_KIND.TRADE, command.instrument);
  event.account = command.account;
  event.makerAccount = command.account;
  event.terms = sideCode(side) | TRADE_IS_PRINT;
  event.price = command.price;
  event.quantity = lots;
  event.quantityScale = command.quantityScale;
  event.quantityUnits = command.quantityUnits;
  event.venueTradeId = command.venueTradeId;
  event.venueTimeNs = command.venueTimeNs;
}

export function orderCanceled(orderId: f64, accountNumber: i32, instrumentNumber: i32, remainingLots: i32, reason: i32): void {
  const event = addEvent(EVENT_KIND.ORDER_CANCELED, instrumentNumber);
  event.orderId = orderId;
  event.account = accountNumber;
  event.terms = reason;
  event.quantity = remainingLots;
}

/** @param price - of the trade that elected the stop. */
export function orderTriggered(request: OrderRequest, price: i32): void {
  const event = addEvent(EVENT_KIND.ORDER_TRIGGERED, request.instrumentNumber);
  event.orderId = request.id;
  event.account = request.accountNumber;
  event.terms = sideCode(request.side);
  event.price = price;
}

export function orderAmended(request: OrderRequest, keptPriority: bool): void {
  const event = addEvent(EVENT_KIND.ORDER_AMENDED, request.instrumentNumber);
  event.orderId = request.id;
  event.account = request.accountNumber;
  event.terms = keptPriority ? 1 : 0;
  event.price = request.limitPrice;
  event.quantity = request.filledLots + request.lots;
  event.remaining = request.lots;
  event.trigger = request.trigger;
}

export function levelChanged(instrumentNumber: i32, side: i32, price: i32, lots: f64, orders: i32): void {
  const event = addEvent(EVENT_KIND.LEVEL_CHANGED, instrumentNumber);
  event.terms = sideCode(side);
  event.price = price;
  event.quantity = orders;
  event.total = lots;
}

export function accountOpened(accountNumber: i32): void {
  addEvent(EVENT_KIND.ACCOUNT_OPENED, 0).account = accountNumber;
}

export function cashAdjusted(command: Command, totalUnits: f64): void {
  const event = addEvent(EVENT_KIND.CASH_ADJUSTED, 0);
  event.account = command.account;
  event.amount = command.amountUnits;
  event.total = totalUnits;
  event.setText(command);
  event.currency = command.currency;
}

export function instrumentRegistered(command: Command): void {
  const event = addEvent(EVENT_KIND.INSTRUMENT_REGISTERED, command.instrument);
  event.terms = command.tickScale | (command.lotScale << 8) | (command.cashScale << 16);
  event.amount = command.tickUnits;
  event.total = command.lotUnits;
  event.setText(command);
  event.currency = command.currency;
}

export function riskLimitsSet(accountNumber: i32, instrumentNumber: i32, maxPositionLots: f64, collarBasisPoints: i32): void {
  const event = addEvent(EVENT_KIND.RISK_LIMITS_SET, instrumentNumber);
  event.account = accountNumber;
  event.collar = collarBasisPoints;
  event.amount = maxPositionLots;
}

export function tradingStateSet(accountNumber: i32, state: i32): void {
  const event = addEvent(EVENT_KIND.TRADING_STATE_SET, 0);
  event.account = accountNumber;
  event.terms = state;
}

export function instrumentStateSet(instrumentNumber: i32, state: i32, uncrossPrice: i32, uncrossLots: f64): void {
  const event = addEvent(EVENT_KIND.INSTRUMENT_STATE_SET, instrumentNumber);
  event.terms = state;
  event.price = uncrossPrice;
  event.total = uncrossLots;
}

export function feedStateSet(accountNumber: i32, instrumentNumber: i32, state: i32): void {
  const event = addEvent(EVENT_KIND.FEED_STATE_SET, instrumentNumber);
  event.account = accountNumber;
  event.terms = state;
}

export function feesSet(instrumentNumber: i32, makerPpm: i32, takerPpm: i32): void {
  const event = addEvent(EVENT_KIND.FEES_SET, instrumentNumber);
  event.makerPpm = makerPpm;
  event.takerPpm = takerPpm;
}

export function indicativePriceChanged(instrumentNumber: i32, price: i32, lots: f64, imbalanceLots: f64): void {
  const event = addEvent(EVENT_KIND.INDICATIVE_PRICE_CHANGED, instrumentNumber);
  event.price = price;
  event.total = lots;
  event.imbalance = imbalanceLots;
}

// @ts-ignore: decorator
@inline
function writeOrder(event: Event, request: OrderRequest, command: Command, code: i32): void {
  event.orderId = request.id;
  event.account = request.accountNumber;
  event.terms = sideCode(request.side) | (request.type << 8) | (request.tif << 16) | (code << 24);
  event.price = request.limitPrice;
  event.quantity = request.lots;
  event.trigger = request.trigger;
  event.limitFlags = request.flags << ORDER_FLAGS_SHIFT;
  if (request.tif == TIF.GTD) event.expireMicros = request.expireMicros;
  event.setText(command);
}

/** Sides count from 0 in the book and from 1 on the wire. */
// @ts-ignore: decorator
@inline
function sideCode(side: i32): i32 {
  return side == BUY_SIDE ? 1 : 2;
}
