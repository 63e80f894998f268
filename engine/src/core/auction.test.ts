import { describe, expect, it } from '@jest/globals';
import type { InstrumentState, Side } from '@mib/model/trading';
import type { EngineEvent } from '@mib/proto/engine-events';
import { CoreDriver } from './core-driver.ts';
import { viewAccounts, viewBooks, viewQuotes } from './views.ts';

type Orders = readonly (readonly [price: number, lots: number])[];
const DEPOSIT = 10 ** 12;
const BUYER = 1000;
const SELLER = 1001;

/** One instrument in CONTINUOUS, two rich users without limits. */
class Market {
  readonly driver = new CoreDriver();
  #orders = 0;

  constructor() {
    this.driver.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
    for (const accountNumber of [BUYER, SELLER]) {
      this.driver.submit({ kind: 'OpenAccount', accountNumber });
      this.driver.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: DEPOSIT, clientOrderId: 'deposit' });
      this.driver.submit({ kind: 'SetRiskLimits', accountNumber, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
    }
  }

  enter(state: InstrumentState) {
    return this.driver.submit({ kind: 'SetInstrumentState', instrumentNumber: 1, state });
  }

  place(side: Side, limitPriceTicks: number, quantityLots: number, accountNumber = side === 'BUY' ? BUYER : SELLER) {
    return this.driver.submit({ kind: 'PlaceOrder', accountNumber, clientOrderId: `c${this.#orders++}`, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks, quantityLots });
  }

  /** Leaves `price` behind as the last trade's. */
  tradeAt(price: number): void {
    this.place('SELL', price, 1);
    this.place('BUY', price, 1);
  }
}

const trades = (events: readonly EngineEvent[]) => events.filter((event) => event.kind === 'Trade');
const kinds = (events: readonly EngineEvent[]) => events.map((event) => event.kind);

describe('the auction price', () => {
  it.each<[string, number, Orders, Orders, number, number, number]>([
    // D and S: demand at or above, supply at or below each price.
    // 198: 700|400  199: 700|600  200: 700|700
    ['executes the most lots', 0, [[202, 200], [201, 200], [200, 300]], [[200, 100], [199, 200], [198, 400]], 200, 700, 0],
    // 199: 600|500  201: 600|500  202: 500|500
    ['of those leaves the least surplus', 0, [[202, 500], [201, 100]], [[199, 500]], 202, 500, 0],
    // 198: 600|200  199: 600|500  201: 600|500  202: 400|500
    ['is the highest when only buyers are left over', 190, [[202, 400], [201, 200]], [[199, 300], [198, 200]], 201, 500, 100],
    // 198: 500|400  199: 500|600  201: 500|600  202: 200|600
    ['is the lowest when only sellers are left over', 250, [[202, 200], [201, 300]], [[199, 200], [198, 400]], 199, 500, -100],
    // 199: 500|400  203: 400|500
    ['is the nearest to the last trade when both could be left over', 202, [[203, 400], [199, 100]], [[199, 400], [203, 100]], 203, 400, -100],
    ['is the lower of two as near to the last trade', 201, [[203, 400], [199, 100]], [[199, 400], [203, 100]], 199, 400, 100],
    ['is the nearest to the last trade when nobody is left over', 300, [[203, 400]], [[199, 400]], 203, 400, 0],
    ['is the lowest without a last trade', 0, [[203, 400]], [[199, 400]], 199, 400, 0],
    ['of a touching book is the price where it touches', 0, [[200, 5]], [[200, 9]], 200, 5, -4],
    ['does not exist in a book that does not cross', 0, [[199, 5]], [[200, 5]], 0, 0, 0],
  ])('%s', (_, last, bids, asks, price, lots, imbalance) => {
    const market = new Market();
    if (last > 0) market.tradeAt(last);
    market.enter('PRE_OPEN');
    for (const [limit, quantity] of bids) market.place('BUY', limit, quantity);
    for (const [limit, quantity] of asks) market.place('SELL', limit, quantity);
    expect(viewQuotes(market.driver.core, [1])[0]!.indicative).toEqual(price === 0 ? null : { priceTicks: price, quantityLots: lots, imbalanceLots: imbalance });
    const { events } = market.enter('CONTINUOUS');
    expect(events.find((event) => event.kind === 'InstrumentStateSet')).toMatchObject({ state: 'CONTINUOUS', uncrossPriceTicks: price || null, uncrossLots: lots });
    expect(trades(events).reduce((sum, trade) => sum + trade.quantityLots, 0)).toBe(lots);
    for (const trade of trades(events)) expect([trade.priceTicks, trade.isAuction]).toEqual([price, true]);
    const book = viewBooks(market.driver.core, [1], 10)[0]!;
    expect((book.bids[0]?.[0] ?? 0) < (book.asks[0]?.[0] ?? Infinity)).toBe(true);
  });

  it('of many levels is found by growing the scratch arrays', () => {
    const market = new Market();
    market.enter('AUCTION');
    for (let i = 0; i < 300; i++) {
      market.place('BUY', 1_000 + i, 1);
      market.place('SELL', 1_000 + i, 1);
    }
    // At 1000 + i there are 300 - i lots of demand and i + 1 of supply: equal volume of 150 at 1149 and 1150.
    expect(viewQuotes(market.driver.core, [1])[0]!.indicative).toEqual({ priceTicks: 1_149, quantityLots: 150, imbalanceLots: 1 });
  });
});

describe('an auction', () => {
  it('fills the best price first, then the oldest, on both sides', () => {
    const market = new Market();
    market.enter('PRE_OPEN');
    const oldBuy = market.place('BUY', 100, 5).result.orderId;
    const youngBuy = market.place('BUY', 100, 5).result.orderId;
    const bestBuy = market.place('BUY', 101, 5).result.orderId;
    const sell = market.place('SELL', 100, 12).result.orderId;
    const fills = trades(market.enter('CONTINUOUS').events).map((trade) => [trade.makerOrderId, trade.takerOrderId, trade.takerSide, trade.quantityLots, trade.makerRemainingLots, trade.takerRemainingLots]);
    expect(fills).toEqual([
      [bestBuy, sell, 'SELL', 5, 0, 7],
      [oldBuy, sell, 'SELL', 5, 0, 2],
      [youngBuy, sell, 'SELL', 2, 3, 0],
    ]);
  });

  it('tells its price when it changes, and only then', () => {
    const market = new Market();
    market.enter('PRE_OPEN');
    expect(kinds(market.place('BUY', 100, 5).events)).toEqual(['OrderAccepted', 'LevelChanged']);
    const crossing = market.place('SELL', 99, 3);
    expect(crossing.result).toMatchObject({ status: 'ACCEPTED', filledLots: 0 });
    expect(kinds(crossing.events)).toEqual(['OrderAccepted', 'LevelChanged', 'IndicativePriceChanged']);
    expect(crossing.events.at(-1)).toMatchObject({ priceTicks: 100, quantityLots: 3, imbalanceLots: 2 });
    expect(kinds(market.place('BUY', 50, 5).events)).toEqual(['OrderAccepted', 'LevelChanged']);
    const cancel = market.driver.submit({ kind: 'CancelOrder', accountNumber: SELLER, orderId: crossing.result.orderId });
    expect(cancel.events.at(-1)).toMatchObject({ kind: 'IndicativePriceChanged', priceTicks: null, quantityLots: 0, imbalanceLots: 0 });
  });

  it('at the close trades first and then takes cancels only', () => {
    const market = new Market();
    market.enter('AUCTION');
    market.place('BUY', 100, 5);
    const rest = market.place('SELL', 100, 7).result.orderId;
    expect(kinds(market.enter('CLOSED').events)).toEqual(['Trade', 'InstrumentStateSet', 'LevelChanged', 'LevelChanged']);
    expect(market.place('BUY', 90, 1).result).toMatchObject({ code: 'INSTRUMENT_STATE', limit: 5 });
    expect(market.driver.submit({ kind: 'CancelOrder', accountNumber: SELLER, orderId: rest }).result).toMatchObject({ status: 'CANCELED', filledLots: 5 });
  });

  it('is not held on the way to a halt; the book may stay crossed and trades when it goes on', () => {
    const market = new Market();
    market.enter('PRE_OPEN');
    market.place('BUY', 101, 5);
    market.place('SELL', 100, 5);
    expect(trades(market.enter('HALTED').events)).toEqual([]);
    expect(trades(market.enter('CONTINUOUS').events)).toHaveLength(1);
  });

  it('takes no more out of the free balance of a short seller than was reserved', () => {
    const market = new Market();
    market.driver.submit({ kind: 'SetFees', instrumentNumber: 1, makerPpm: 10_000, takerPpm: 20_000 });
    market.driver.submit({ kind: 'AdjustCash', accountNumber: SELLER, currency: 'USD', amountUnits: 1_000 - DEPOSIT, clientOrderId: 'withdraw' });
    market.enter('PRE_OPEN');
    expect(market.place('SELL', 100, 10).result.status).toBe('ACCEPTED');
    market.place('BUY', 300, 10);
    market.place('BUY', 300, 10);
    market.enter('CONTINUOUS');
    // Sold 10 at 300 for 3000 less 30 of fee; the proceeds and the 1000 reserved stay locked.
    expect(viewAccounts(market.driver.core, [SELLER])[0]!.cash).toEqual([{ currency: 'USD', totalUnits: 3_970, lockedUnits: 3_970 }]);
  });
});

describe('an instrument that', () => {
  it.each<[InstrumentState, boolean, boolean]>([
    ['PRE_OPEN', true, false],
    ['AUCTION', true, false],
    ['CONTINUOUS', true, true],
    ['HALTED', false, false],
    ['CLOSED', false, false],
  ])('is %s takes orders that can wait: %s, that cannot: %s', (state, waiting, immediate) => {
    const market = new Market();
    market.place('SELL', 100, 50);
    market.enter(state);
    const order = { kind: 'PlaceOrder', accountNumber: BUYER, instrumentNumber: 1, side: 'BUY', quantityLots: 1 } as const;
    const codes = [
      market.driver.submit({ ...order, clientOrderId: 'limit', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 90 }),
      market.driver.submit({ ...order, clientOrderId: 'ioc', type: 'LIMIT', tif: 'IOC', limitPriceTicks: 100 }),
      market.driver.submit({ ...order, clientOrderId: 'fok', type: 'LIMIT', tif: 'FOK', limitPriceTicks: 100 }),
      market.driver.submit({ ...order, clientOrderId: 'market', type: 'MARKET', tif: 'GTC' }),
    ].map(({ result }) => result.code);
    const [first, ...others] = [waiting, immediate, immediate, immediate].map((taken) => (taken ? 'OK' : 'INSTRUMENT_STATE'));
    expect(codes).toEqual([first, ...others]);
  });

  it('is halted lets a venue shrink its levels and not grow them', () => {
    const market = new Market();
    const level = (quantityLots: number) => market.driver.submit({ kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'BUY', priceTicks: 90, quantityLots }).result.code;
    expect(level(10)).toBe('OK');
    market.enter('HALTED');
    expect([level(11), level(9), level(0), level(1)]).toEqual(['INSTRUMENT_STATE', 'OK', 'OK', 'INSTRUMENT_STATE']);
  });

  it('is in a state already says so and does nothing; an unknown one is refused', () => {
    const market = new Market();
    const again = market.enter('CONTINUOUS');
    expect([again.result.replayed, again.events]).toEqual([true, []]);
    expect(market.driver.submit({ kind: 'SetInstrumentState', instrumentNumber: 2, state: 'HALTED' }).result.code).toBe('UNKNOWN_INSTRUMENT');
  });
});
