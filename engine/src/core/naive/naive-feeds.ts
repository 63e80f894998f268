// The naive exchange's outside feeds: their states and the trades they print.

import type { PrintTrade, SetFeedState } from '@mib/proto/engine-commands';
import { cancel } from './naive-matching.ts';
import type { NaiveState } from './naive-state.ts';
import { refused, type Done } from './naive-trading.ts';

export function setFeedState(state: NaiveState, { kind: _, ...feed }: SetFeedState): Done {
  state.open(feed.accountNumber);
  const instrument = state.instruments.get(feed.instrumentNumber);
  if (!instrument) return refused({ code: 'UNKNOWN_INSTRUMENT' });
  const replayed = instrument.feedState === feed.state && feed.state !== 'LIVE';
  if (!replayed) state.events.push({ kind: 'FeedStateSet', ...feed });
  instrument.feedState = feed.state;
  if (feed.state !== 'LIVE') {
    const shown = state.orders.filter((order) => order.account === feed.accountNumber && order.instrument === feed.instrumentNumber);
    for (const order of shown.sort((a, b) => a.id - b.id)) cancel(state, order, 'VENUE');
  }
  return { status: 'NONE', replayed };
}

export function printTrade(state: NaiveState, print: PrintTrade): Done {
  const { accountNumber, instrumentNumber, priceTicks, quantityLots, venueTradeId, quantityUnits, quantityScale } = print;
  state.open(accountNumber);
  const instrument = state.instruments.get(instrumentNumber);
  if (!instrument) return refused({ code: 'UNKNOWN_INSTRUMENT' });
  if (venueTradeId <= instrument.lastVenueTradeId) return { status: 'NONE', replayed: true };
  instrument.lastVenueTradeId = venueTradeId;
  state.events.push({
    kind: 'Trade',
    instrumentNumber,
    priceTicks,
    quantityLots,
    takerSide: print.side,
    takerOrderId: 0,
    takerAccountNumber: accountNumber,
    takerRemainingLots: 0,
    makerOrderId: 0,
    makerAccountNumber: accountNumber,
    makerRemainingLots: 0,
    takerFeeUnits: 0,
    makerFeeUnits: 0,
    isAuction: false,
    print: { venueTradeId, venueTimeNs: BigInt(print.venueTimeNs), quantityUnits, quantityScale },
  });
  instrument.lastPrice = priceTicks;
  state.heard.push({ instrument: instrumentNumber, price: priceTicks });
  return { status: 'NONE' };
}
