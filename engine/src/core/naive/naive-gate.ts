// The naive exchange's risk gate, in the order of the rules. A refusal is the rule's name, its limit and what was seen.

import type { OrderType, SelfTradePrevention, Side, TradingState } from '@mib/model/trading';
import { MAX_CASH_UNITS } from '@mib/proto/command-rules';
import type { RejectCode } from '@mib/proto/engine-codes';
import { INSTRUMENT_STATE } from '@mib/proto/layout-command';
import { DEFAULT_COLLAR_BASIS_POINTS, DEFAULT_MAX_POSITION_LOTS } from '../capacities.ts';
import { free, locked, openNotional } from './naive-money.ts';
import { tradable } from './naive-offers.ts';
import { isUser, opposite, sum, type NaiveOrder, type NaiveState } from './naive-state.ts';

export interface Refusal {
  readonly code: RejectCode;
  readonly limit?: number;
  readonly observed?: number;
}

/** What asks to pass: an order's terms, and how much of it is left to work. */
export interface Asking {
  readonly account: number;
  readonly instrument: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: number;
  readonly lots: number;
  readonly postOnly: boolean;
  readonly stp: SelfTradePrevention;
}

/** Worst price at which the order may trade. */
export interface Passed {
  readonly bound: number;
}

const MAX_TICKS = 2 ** 31 - 1;
const BASIS_POINTS = 10_000n;
const STRICTNESS: readonly TradingState[] = ['ACTIVE', 'REDUCING', 'HALTED'];

/** States in which an order may come to rest, and the one in which it may trade. */
export function checkInstrumentState(state: NaiveState, instrument: number, mustTrade: boolean): Refusal | undefined {
  const now = state.instruments.get(instrument)!.state;
  const open = now === 'CONTINUOUS' || (!mustTrade && (now === 'PRE_OPEN' || now === 'AUCTION'));
  return open ? undefined : { code: 'INSTRUMENT_STATE', limit: INSTRUMENT_STATE[now], observed: INSTRUMENT_STATE[now] };
}

/** Everything but cash, collar and liquidity: enough for a dormant stop. */
export function checkStanding(state: NaiveState, asking: Asking): Refusal | undefined {
  return isUser(asking.account) ? (checkTradingState(state, asking) ?? checkPosition(state, asking)) : undefined;
}

/** The whole gate of an order that is going to the book now. */
export function checkOrder(state: NaiveState, asking: Asking): Refusal | Passed {
  const bound = boundOf(state, asking);
  if (!isUser(asking.account)) return checkCash(state, asking, bound) ?? checkPostOnly(state, asking) ?? { bound };
  return checkTradingState(state, asking) ?? checkCollar(state, asking) ?? checkPosition(state, asking) ?? checkCash(state, asking, bound) ?? checkPostOnly(state, asking) ?? { bound };
}

export function isRefusal(answer: Refusal | object): answer is Refusal {
  return 'code' in answer;
}

function checkTradingState(state: NaiveState, asking: Asking): Refusal | undefined {
  const strictest = Math.max(STRICTNESS.indexOf(state.globalTradingState), STRICTNESS.indexOf(state.account(asking.account).tradingState));
  if (STRICTNESS[strictest] === 'HALTED') return { code: 'TRADING_HALTED' };
  if (STRICTNESS[strictest] === 'ACTIVE') return undefined;
  const { lots } = state.position(asking.account, asking.instrument);
  const open = openLots(state, asking);
  const reducible = Math.max(0, (asking.side === 'BUY' ? -lots : lots) - open);
  return asking.lots > reducible ? { code: 'TRADING_STATE_REDUCING', limit: reducible, observed: asking.lots } : undefined;
}

function checkCollar(state: NaiveState, asking: Asking): Refusal | undefined {
  if (asking.type !== 'LIMIT') return undefined;
  const bound = collar(state, asking);
  const beyond = asking.side === 'BUY' ? asking.price > bound : asking.price < bound;
  return beyond ? { code: 'PRICE_COLLAR', limit: bound, observed: asking.price } : undefined;
}

function checkPosition(state: NaiveState, asking: Asking): Refusal | undefined {
  const { maxPositionLots } = limitsOf(state, asking);
  if (maxPositionLots === 0) return undefined;
  const { lots } = state.position(asking.account, asking.instrument);
  const worst = (asking.side === 'BUY' ? lots : -lots) + openLots(state, asking) + asking.lots;
  return worst > maxPositionLots ? { code: 'POSITION_LIMIT', limit: maxPositionLots, observed: worst } : undefined;
}

function checkCash(state: NaiveState, asking: Asking, bound: number): Refusal | undefined {
  const { account, instrument, side } = asking;
  const { currency } = state.instruments.get(instrument)!;
  const walk = walkBook(state, asking, bound);
  if (asking.type !== 'LIMIT' && state.offers(instrument, side, bound).length === 0) return { code: 'NO_LIQUIDITY' };
  const lots = asking.type === 'MARKET' ? walk.lots : asking.lots;
  const units = notional(state, asking, bound, walk);
  const total = state.cash(account, currency);
  const reach = (total < 0n ? -total : total) + openNotional(state, account, currency) + units;
  if (reach > BigInt(MAX_CASH_UNITS)) return { code: 'OVERFLOW', limit: MAX_CASH_UNITS, observed: Math.min(Number(reach), Number.MAX_SAFE_INTEGER) };
  if (!isUser(account)) return undefined;
  const needed = locked(state, account, instrument, { side, lots, units }) - locked(state, account, instrument);
  const available = free(state, account, currency);
  return needed > 0n && needed > available ? { code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: Number(available), observed: Number(needed) } : undefined;
}

/** A buy at its limit; a sell at what it finds now and its limit for the rest; a MARKET order at what it finds. */
function notional(state: NaiveState, asking: Asking, bound: number, walk: Walk): bigint {
  if (asking.type === 'MARKET') return walk.units;
  if (asking.side === 'BUY') return state.units(asking.instrument, bound, asking.lots);
  return walk.units + state.units(asking.instrument, bound, asking.lots - walk.lots);
}

function checkPostOnly(state: NaiveState, asking: Asking): Refusal | undefined {
  if (!asking.postOnly || state.instruments.get(asking.instrument)!.state !== 'CONTINUOUS') return undefined;
  const [best] = state.offers(asking.instrument, asking.side, asking.price);
  return best ? { code: 'POST_ONLY_WOULD_TRADE', limit: best.price, observed: asking.price } : undefined;
}

interface Walk {
  readonly lots: number;
  readonly units: bigint;
}

/** What the order would trade right now, self-trade prevention observed; nothing where nothing trades. */
function walkBook(state: NaiveState, asking: Asking, bound: number): Walk {
  let lots = 0;
  let units = 0n;
  if (state.instruments.get(asking.instrument)!.state !== 'CONTINUOUS') return { lots, units };
  for (const offer of tradable(state, asking, bound)) {
    const taken = Math.min(asking.lots - lots, offer.lots);
    lots += taken;
    units += state.units(asking.instrument, offer.price, taken);
  }
  return { lots, units };
}

/** MARKET_TO_LIMIT is bound to the best price, if that is within the collar. */
function boundOf(state: NaiveState, asking: Asking): number {
  if (asking.type === 'LIMIT') return asking.price;
  const bound = isUser(asking.account) ? collar(state, asking) : anyPrice(asking.side);
  if (asking.type === 'MARKET') return bound;
  return state.offers(asking.instrument, asking.side, bound)[0]?.price ?? bound;
}

function collar(state: NaiveState, asking: Asking): number {
  const { collarBasisPoints } = limitsOf(state, asking);
  const reference = referencePrice(state, asking.instrument);
  if (reference === 0 || collarBasisPoints === 0) return anyPrice(asking.side);
  const reach = BigInt(reference) * (asking.side === 'BUY' ? BASIS_POINTS + BigInt(collarBasisPoints) : BASIS_POINTS - BigInt(collarBasisPoints));
  if (asking.side === 'BUY') return Math.min(MAX_TICKS, Number(reach / BASIS_POINTS));
  return reach <= 0n ? 1 : Number((reach + BASIS_POINTS - 1n) / BASIS_POINTS);
}

/** The last trade, pulled into the standing quote. */
function referencePrice(state: NaiveState, instrument: number): number {
  const { lastPrice } = state.instruments.get(instrument)!;
  const bid = state.resting(instrument, 'BUY')[0]?.price ?? 0;
  const ask = state.resting(instrument, 'SELL')[0]?.price ?? 0;
  if (lastPrice === 0) return bid !== 0 && ask !== 0 ? Math.floor((bid + ask) / 2) : bid + ask;
  if (bid !== 0 && lastPrice < bid) return bid;
  if (ask !== 0 && lastPrice > ask) return ask;
  return lastPrice;
}

function limitsOf(state: NaiveState, { account, instrument }: Asking): { readonly maxPositionLots: number; readonly collarBasisPoints: number } {
  const defaults = { maxPositionLots: DEFAULT_MAX_POSITION_LOTS, collarBasisPoints: DEFAULT_COLLAR_BASIS_POINTS };
  return state.limits.get(`${account}/${instrument}`) ?? state.limits.get(`${account}/0`) ?? defaults;
}

function openLots(state: NaiveState, { account, instrument, side }: Asking): number {
  return sum(state.ownOpen(account, instrument, side).map((order: NaiveOrder) => order.remaining));
}

function anyPrice(side: Side): number {
  return opposite(side) === 'SELL' ? MAX_TICKS : 1;
}
