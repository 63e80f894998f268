// The naive exchange's order commands: place, cancel, amend, cancel many, and a venue's levels.

import type { AmendOrder, CancelOrder, MassCancel, PlaceOrder, SetVenueLevel } from '@mib/proto/engine-commands';
import type { OrderAccepted } from '@mib/proto/engine-events';
import type { CommandStatus } from '@mib/proto/engine-codes';
import { checkInstrumentState, checkOrder, checkStanding, isRefusal, type Asking, type Refusal } from './naive-gate.ts';
import { cancel, rest, take, trail, work } from './naive-matching.ts';
import { isUser, type NaiveOrder, type NaiveState } from './naive-state.ts';

const MAX_SLICES = 1_000;

/** What a command came to. */
export interface Done {
  readonly status: CommandStatus;
  readonly orderId?: number;
  readonly filledLots?: number;
  readonly refusal?: Refusal;
  /** Nothing had to change. */
  readonly replayed?: boolean;
}

export function placeOrder(state: NaiveState, command: PlaceOrder, id: number, nowMicros: number): Done {
  if (!isUser(command.accountNumber)) state.open(command.accountNumber);
  const order = orderOf(command, id);
  const passed = checkNew(state, order, nowMicros);
  const terms = termsOf(command, id);
  if (isRefusal(passed)) {
    const { code, limit = null, observed = null } = passed;
    state.events.push({ kind: 'OrderDenied', ...terms, code, limit, observed });
    return { ...refused(passed), orderId: id };
  }
  state.events.push({ kind: 'OrderAccepted', ...terms, displayLots: command.displayLots ?? null });
  if (order.isDormant) return { status: sleep(state, order), orderId: id };
  const status = work(state, order, passed.bound, order.type === 'MARKET' ? 'MARKET' : 'LIMIT');
  return { status, orderId: id, filledLots: order.quantity - order.remaining };
}

export function cancelOrder(state: NaiveState, command: CancelOrder): Done {
  const order = state.orders.find((one) => one.id === command.orderId && one.account === command.accountNumber);
  if (!order) return { ...refused({ code: 'UNKNOWN_ORDER' }), orderId: command.orderId };
  const canceled = { ...order, isVenueLevel: false };
  state.remove(order);
  return { status: cancel(state, canceled, isUser(order.account) ? 'USER' : 'VENUE'), orderId: order.id, filledLots: order.quantity - order.remaining };
}

export function massCancel(state: NaiveState, command: MassCancel): Done {
  const { accountNumber, instrumentNumber, side } = command;
  if (accountNumber !== 0 && !state.accounts.has(accountNumber)) return refused({ code: 'UNKNOWN_ACCOUNT' });
  if (instrumentNumber !== 0 && !state.instruments.has(instrumentNumber)) return refused({ code: 'UNKNOWN_INSTRUMENT' });
  const meant = state.orders
    .filter((order) => (accountNumber === 0 ? isUser(order.account) : order.account === accountNumber))
    .filter((order) => (instrumentNumber === 0 || order.instrument === instrumentNumber) && (side === undefined || order.side === side))
    .sort((a, b) => a.id - b.id);
  for (const order of meant) cancel(state, order, 'MASS_CANCEL');
  return { status: 'NONE', filledLots: meant.filter((order) => !order.isVenueLevel).length };
}

export function amendOrder(state: NaiveState, command: AmendOrder): Done {
  const order = state.orders.find((one) => one.id === command.orderId && one.account === command.accountNumber && !one.isVenueLevel);
  if (!order) return { ...refused({ code: 'UNKNOWN_ORDER' }), orderId: command.orderId };
  const filled = order.quantity - order.remaining;
  const price = command.limitPriceTicks || order.price;
  const quantity = command.quantityLots || order.quantity;
  const trigger = command.triggerTicks || order.trigger;
  const refusal = checkAmendment(state, order, { price, quantity, trigger });
  if (refusal) return { ...refused(refusal), orderId: order.id, filledLots: filled };
  const kept = order.isDormant || (price === order.price && quantity < order.quantity);
  const retriggered = trigger !== order.trigger;
  order.price = price;
  order.quantity = quantity;
  order.trigger = trigger;
  order.remaining = quantity - filled;
  order.shown = Math.min(order.shown, order.remaining);
  state.events.push({
    kind: 'OrderAmended',
    orderId: order.id,
    accountNumber: order.account,
    instrumentNumber: order.instrument,
    limitPriceTicks: price || null,
    quantityLots: quantity,
    remainingLots: order.remaining,
    triggerTicks: trigger || null,
    keptPriority: kept,
  });
  if (order.isDormant) {
    if (retriggered) order.wakesAt = undefined;
    return { status: sleep(state, order), orderId: order.id };
  }
  if (kept) return { status: filled > 0 ? 'PARTIALLY_FILLED' : 'ACCEPTED', orderId: order.id, filledLots: filled };
  state.remove(order);
  const status = work(state, order, price, 'LIMIT');
  return { status, orderId: order.id, filledLots: order.quantity - order.remaining };
}

export function setVenueLevel(state: NaiveState, command: SetVenueLevel, id: number): Done {
  const { accountNumber: account, instrumentNumber: instrument, side, priceTicks: price, quantityLots: wanted } = command;
  state.open(account);
  if (!state.instruments.has(instrument)) return refused({ code: 'UNKNOWN_INSTRUMENT' });
  const shown = state.resting(instrument, side).find((order) => order.isVenueLevel && order.account === account && order.price === price);
  if (wanted <= (shown?.remaining ?? 0)) {
    if (shown) lower(state, shown, wanted);
    return { status: 'NONE' };
  }
  const closed = checkInstrumentState(state, instrument, false);
  if (closed) return refused(closed);
  if (!shown) for (const own of state.offers(instrument, side, price).filter((order) => order.account === account)) cancel(state, own, 'VENUE');
  const level: NaiveOrder = { ...blank, id, account, instrument, side, price, quantity: wanted, remaining: wanted, isVenueLevel: true };
  const passed = checkOrder(state, askingOf(level));
  if (isRefusal(passed)) return refused(passed);
  if (state.instruments.get(instrument)!.state === 'CONTINUOUS') take(state, level, price);
  if (level.remaining > 0) rest(state, level);
  if (shown) state.remove(shown);
  return { status: 'NONE', orderId: id, filledLots: wanted - level.remaining };
}

function lower(state: NaiveState, level: NaiveOrder, lots: number): void {
  level.remaining = lots;
  level.shown = lots;
  if (lots === 0) state.remove(level);
}

export function refused(refusal: Refusal): Done {
  return { status: 'DENIED', refusal };
}

function checkNew(state: NaiveState, order: NaiveOrder, nowMicros: number): Refusal | { readonly bound: number } {
  if (!state.accounts.has(order.account)) return { code: 'UNKNOWN_ACCOUNT' };
  if (!state.instruments.has(order.instrument)) return { code: 'UNKNOWN_INSTRUMENT' };
  const tooSmall = checkDisplay(order.display, order.quantity);
  if (tooSmall) return tooSmall;
  if (order.tif === 'GTD' && order.expireMicros <= nowMicros) return { code: 'INVALID_EXPIRY', limit: nowMicros, observed: order.expireMicros };
  const mustTrade = order.type === 'MARKET' || order.type === 'MARKET_TO_LIMIT' || order.tif === 'IOC' || order.tif === 'FOK';
  const closed = checkInstrumentState(state, order.instrument, mustTrade);
  if (closed) return closed;
  return order.isDormant ? (checkStanding(state, askingOf(order)) ?? { bound: 0 }) : checkOrder(state, askingOf(order));
}

/** An order may show so little of itself that one taker would meet it more than a thousand times: not that little. */
function checkDisplay(display: number, lots: number): Refusal | undefined {
  return display > 0 && display * MAX_SLICES < lots ? { code: 'INVALID_QUANTITY', limit: Math.ceil(lots / MAX_SLICES), observed: display } : undefined;
}

/** As if new, with what the order itself has open given back; the same price and fewer lots need no gate. */
function checkAmendment(state: NaiveState, order: NaiveOrder, terms: { price: number; quantity: number; trigger: number }): Refusal | undefined {
  const filled = order.quantity - order.remaining;
  if ((terms.price !== 0 && order.price === 0) || (terms.trigger !== order.trigger && !order.isDormant)) return { code: 'INVALID_AMENDMENT' };
  if (terms.quantity <= filled) return { code: 'INVALID_AMENDMENT', limit: filled, observed: terms.quantity };
  const isSame = terms.price === order.price && terms.trigger === order.trigger;
  if (isSame && terms.quantity === order.quantity) return { code: 'NOTHING_TO_AMEND' };
  const closed = checkInstrumentState(state, order.instrument, false);
  if (isSame && terms.quantity < order.quantity) return closed;
  const unfit = checkDisplay(order.display, terms.quantity - filled) ?? closed;
  if (unfit) return unfit;
  const { remaining } = order;
  order.remaining = 0;
  const asking = { ...askingOf(order), price: terms.price, lots: terms.quantity - filled };
  const answer = order.isDormant ? (checkStanding(state, asking) ?? {}) : checkOrder(state, asking);
  order.remaining = remaining;
  return isRefusal(answer) ? answer : undefined;
}

/** Waits for a price; the last one may be it already. */
function sleep(state: NaiveState, order: NaiveOrder): CommandStatus {
  const { lastPrice } = state.instruments.get(order.instrument)!;
  if (order.type === 'TRAILING_STOP') trail(order, lastPrice);
  else order.wakesAt = order.trigger;
  if (!state.orders.includes(order)) state.orders.push(order);
  if (lastPrice !== 0) state.heard.push({ instrument: order.instrument, price: lastPrice });
  return 'ACCEPTED';
}

const blank: NaiveOrder = {
  id: 0,
  account: 0,
  instrument: 0,
  side: 'BUY',
  type: 'LIMIT',
  tif: 'GTC',
  price: 0,
  quantity: 0,
  remaining: 0,
  display: 0,
  shown: 0,
  trigger: 0,
  wakesAt: undefined,
  isDormant: false,
  expireMicros: 0,
  postOnly: false,
  stp: 'NONE',
  isVenueLevel: false,
  turn: 0,
};

function orderOf(command: PlaceOrder, id: number): NaiveOrder {
  return {
    ...blank,
    id,
    account: command.accountNumber,
    instrument: command.instrumentNumber,
    side: command.side,
    type: command.type,
    tif: command.tif,
    price: command.limitPriceTicks ?? 0,
    quantity: command.quantityLots,
    remaining: command.quantityLots,
    display: command.displayLots ?? 0,
    trigger: command.triggerTicks ?? 0,
    isDormant: command.triggerTicks !== undefined,
    expireMicros: command.expireMicros ?? 0,
    postOnly: command.postOnly ?? false,
    stp: command.selfTradePrevention ?? 'NONE',
  };
}

function askingOf(order: NaiveOrder): Asking {
  const { account, instrument, side, price, remaining: lots, postOnly, stp } = order;
  const type = order.type === 'STOP_LIMIT' || order.price !== 0 ? 'LIMIT' : order.type;
  return { account, instrument, side, type, price, lots, postOnly, stp };
}

type Terms = Omit<OrderAccepted, 'kind' | 'sequence' | 'commandSequence' | 'timestampNs' | 'displayLots'>;

function termsOf(command: PlaceOrder, orderId: number): Terms {
  const { accountNumber, clientOrderId, instrumentNumber, side, type, tif, quantityLots } = command;
  return {
    orderId,
    accountNumber,
    clientOrderId,
    instrumentNumber,
    side,
    type,
    tif,
    limitPriceTicks: command.limitPriceTicks ?? null,
    quantityLots,
    triggerTicks: command.triggerTicks ?? null,
    expireMicros: command.expireMicros ?? null,
    postOnly: command.postOnly ?? false,
    selfTradePrevention: command.selfTradePrevention ?? 'NONE',
  };
}

