// The naive exchange's auction: every price of the book is tried, the best by the rules stays.

import type { SetInstrumentState } from '@mib/proto/engine-commands';
import { trade } from './naive-matching.ts';
import { refused, type Done } from './naive-trading.ts';
import { cancel } from './naive-matching.ts';
import { sum, type NaiveState } from './naive-state.ts';

export interface Uncross {
  /** 0 when nothing would trade. */
  readonly price: number;
  readonly lots: number;
  /** Left over at the price: positive on the buy side. */
  readonly surplus: number;
}

export function setInstrumentState(state: NaiveState, command: SetInstrumentState): Done {
  const instrument = state.instruments.get(command.instrumentNumber);
  if (!instrument) return refused({ code: 'UNKNOWN_INSTRUMENT' });
  if (instrument.state === command.state) return { status: 'NONE', replayed: true };
  const uncrosses = command.state === 'CONTINUOUS' || (command.state === 'CLOSED' && instrument.state === 'AUCTION');
  instrument.state = command.state;
  instrument.indicative = NOTHING;
  const uncross = uncrosses ? hold(state, instrument.number) : nothing;
  state.events.push({ kind: 'InstrumentStateSet', instrumentNumber: instrument.number, state: command.state, uncrossPriceTicks: uncross.price || null, uncrossLots: uncross.lots });
  if (command.state === 'CLOSED') expireDay(state, instrument.number);
  if (command.state === 'CONTINUOUS' && instrument.lastPrice !== 0) state.heard.push({ instrument: instrument.number, price: instrument.lastPrice });
  return { status: 'NONE' };
}

/** Says what the auction of every collecting instrument would come to, where that has changed. */
export function announceIndicative(state: NaiveState): void {
  for (const instrument of state.instruments.values()) {
    if (instrument.state !== 'PRE_OPEN' && instrument.state !== 'AUCTION') continue;
    const { price, lots, surplus } = findUncross(state, instrument.number);
    const told = [price, lots, surplus].join(' ');
    if (told === instrument.indicative) continue;
    instrument.indicative = told;
    state.events.push({ kind: 'IndicativePriceChanged', instrumentNumber: instrument.number, priceTicks: price || null, quantityLots: lots, imbalanceLots: surplus });
  }
}

/** Largest volume, then smallest surplus, then market pressure, then nearest to the last trade. */
export function findUncross(state: NaiveState, instrument: number): Uncross {
  const tried = pricesOf(state, instrument).map((price) => tryPrice(state, instrument, price));
  const volume = Math.max(0, ...tried.map((one) => one.lots));
  if (volume === 0) return nothing;
  const fullest = tried.filter((one) => one.lots === volume);
  const leftOver = Math.min(...fullest.map((one) => Math.abs(one.surplus)));
  const best = fullest.filter((one) => Math.abs(one.surplus) === leftOver);
  if (best.every((one) => one.surplus > 0)) return best.at(-1)!;
  if (best.every((one) => one.surplus < 0)) return best[0]!;
  const { lastPrice } = state.instruments.get(instrument)!;
  if (lastPrice === 0) return best[0]!;
  return best.reduce((nearest, one) => (Math.abs(one.price - lastPrice) < Math.abs(nearest.price - lastPrice) ? one : nearest));
}

export const NOTHING = '0 0 0';
const nothing: Uncross = { price: 0, lots: 0, surplus: 0 };

/** All trades at one price, in price-time order on both sides; the younger order is the taker. */
function hold(state: NaiveState, instrument: number): Uncross {
  const uncross = findUncross(state, instrument);
  for (let left = uncross.lots; left > 0; ) {
    const buy = state.resting(instrument, 'BUY')[0]!;
    const sell = state.resting(instrument, 'SELL')[0]!;
    const lots = Math.min(left, buy.remaining, sell.remaining);
    const [taker, maker] = buy.id > sell.id ? [buy, sell] : [sell, buy];
    trade(state, { taker, maker, price: uncross.price, lots, isAuction: true });
    left -= lots;
  }
  return uncross;
}

function expireDay(state: NaiveState, instrument: number): void {
  const today = state.orders.filter((order) => order.instrument === instrument && order.tif === 'DAY').sort((a, b) => a.id - b.id);
  for (const order of today) cancel(state, order, 'EXPIRED');
}

/** Ascending. */
function pricesOf(state: NaiveState, instrument: number): number[] {
  const resting = [...state.resting(instrument, 'BUY'), ...state.resting(instrument, 'SELL')];
  return [...new Set(resting.map((order) => order.price))].sort((a, b) => a - b);
}

function tryPrice(state: NaiveState, instrument: number, price: number): Uncross {
  const bought = sum(state.resting(instrument, 'BUY').filter((order) => order.price >= price).map((order) => order.remaining));
  const sold = sum(state.resting(instrument, 'SELL').filter((order) => order.price <= price).map((order) => order.remaining));
  return { price, lots: Math.min(bought, sold), surplus: bought - sold };
}
