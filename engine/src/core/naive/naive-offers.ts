// What an incoming order of the naive exchange would find, self-trade prevention observed.

import type { SelfTradePrevention, Side } from '@mib/model/trading';
import { isUser, type NaiveOrder, type NaiveState } from './naive-state.ts';

export interface Taking {
  readonly account: number;
  readonly instrument: number;
  readonly side: Side;
  readonly stp: SelfTradePrevention;
}

export interface Offer {
  readonly price: number;
  readonly lots: number;
}

/** True when the taking order may not trade with the resting one. */
export function prevents(taking: Pick<Taking, 'account' | 'stp'>, maker: NaiveOrder): boolean {
  return taking.stp !== 'NONE' && isUser(taking.account) && taking.account === maker.account;
}

/**
 * What the order could trade within its bound, hidden lots included. One that ends at its first own order takes of that
 * price only the slices shown ahead of it: those cut anew go behind.
 */
export function tradable(state: NaiveState, taking: Taking, bound: number): Offer[] {
  const offers = state.offers(taking.instrument, taking.side, bound);
  const whole = (offer: NaiveOrder): Offer => ({ price: offer.price, lots: offer.remaining });
  const own = offers.find((offer) => prevents(taking, offer));
  if (!own) return offers.map(whole);
  if (taking.stp === 'CANCEL_RESTING') return offers.filter((offer) => !prevents(taking, offer)).map(whole);
  return offers.slice(0, offers.indexOf(own)).map((offer) => (offer.price === own.price ? { price: offer.price, lots: offer.shown } : whole(offer)));
}
