// Sessions of a small, busy market for property tests: every command that follows the opening is drawn by fast-check.

import fc from 'fast-check';
import type { EngineCommand } from '@mib/proto/engine-commands';

const USERS = [1000, 1001, 1002] as const;
const VENUES = [1, 2] as const;
const INSTRUMENTS = [1, 2, 3] as const;
const DEPOSIT_UNITS = 20_000;

/** Instruments, accounts, cash and limits for the commands of `sessionCommand`. */
export function openingCommands(): EngineCommand[] {
  return [
    ...INSTRUMENTS.map((instrumentNumber): EngineCommand => ({ kind: 'RegisterInstrument', instrumentNumber, instrumentId: `I${instrumentNumber}.XSIM`, tickSize: '1', lotSize: '1', currency: instrumentNumber === 3 ? 'EUR' : 'USD', cashScale: 0 })),
    ...USERS.flatMap((accountNumber): EngineCommand[] => [
      { kind: 'OpenAccount', accountNumber },
      { kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: DEPOSIT_UNITS, clientOrderId: 'deposit' },
      { kind: 'AdjustCash', accountNumber, currency: 'EUR', amountUnits: DEPOSIT_UNITS, clientOrderId: 'deposit-eur' },
    ]),
  ];
}

const user = fc.constantFrom(...USERS);
const instrument = fc.constantFrom(...INSTRUMENTS);
const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const tif = fc.constantFrom('GTC' as const, 'GTC' as const, 'IOC' as const, 'FOK' as const);
const price = fc.integer({ min: 95, max: 105 });
const lots = fc.integer({ min: 1, max: 20 });
/** Few enough that ids repeat. */
const clientOrderId = fc.integer({ min: 0, max: 200 }).map((id) => `c${id}`);
/** Order ids are sequences of their commands; most of those in reach are orders. */
const orderId = fc.integer({ min: 12, max: 150 });
const tradingState = fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'REDUCING' as const, 'HALTED' as const);
const instrumentState = fc.constantFrom('PRE_OPEN' as const, 'AUCTION' as const, 'CONTINUOUS' as const, 'CONTINUOUS' as const, 'CONTINUOUS' as const, 'HALTED' as const, 'CLOSED' as const);

export const sessionCommand: fc.Arbitrary<EngineCommand> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('PlaceOrder' as const), accountNumber: user, clientOrderId, instrumentNumber: instrument, side, type: fc.constant('LIMIT' as const), tif, limitPriceTicks: price, quantityLots: lots }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('PlaceOrder' as const), accountNumber: user, clientOrderId, instrumentNumber: instrument, side, type: fc.constant('MARKET' as const), tif, quantityLots: lots }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('CancelOrder' as const), accountNumber: user, orderId }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('SetVenueLevel' as const), accountNumber: fc.constantFrom(...VENUES), instrumentNumber: instrument, side, priceTicks: price, quantityLots: fc.integer({ min: 0, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetTradingState' as const), accountNumber: user, state: tradingState }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetRiskLimits' as const), accountNumber: user, instrumentNumber: instrument, maxPositionLots: fc.integer({ min: 0, max: 60 }), collarBasisPoints: fc.integer({ min: 0, max: 900 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('SetInstrumentState' as const), instrumentNumber: instrument, state: instrumentState }) },
);

/** Apart from the others: dearer fees under open orders may leave an account with less than nothing free. */
export const setFees: fc.Arbitrary<EngineCommand> = fc.record({ kind: fc.constant('SetFees' as const), instrumentNumber: fc.integer({ min: 0, max: 3 }), makerPpm: fc.integer({ min: -100_000, max: 100_000 }), takerPpm: fc.integer({ min: 0, max: 100_000 }) });

/** The clock of CoreDriver and OneThreadEngine: one microsecond a command from here on. */
const FIRST_TIME_MICROS = 1_577_836_800_000_000;
const expireMicros = fc.integer({ min: FIRST_TIME_MICROS + 20, max: FIRST_TIME_MICROS + 250 });
const resting = fc.constantFrom('GTC' as const, 'DAY' as const);
const terms = { kind: fc.constant('PlaceOrder' as const), accountNumber: user, clientOrderId, instrumentNumber: instrument, side, quantityLots: lots };
const selfTradePrevention = fc.constantFrom('NONE' as const, 'CANCEL_RESTING' as const, 'CANCEL_TAKING' as const, 'CANCEL_BOTH' as const);
const keepOr = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** The commands of `sessionCommand` and all others, every kind of order included. */
export const anyCommand: fc.Arbitrary<EngineCommand> = fc.oneof(
  { weight: 24, arbitrary: sessionCommand },
  { weight: 1, arbitrary: setFees },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetFeedState' as const), accountNumber: fc.constantFrom(...VENUES), instrumentNumber: instrument, state: fc.constantFrom('LIVE' as const, 'RESYNCING' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('PrintTrade' as const), accountNumber: fc.constantFrom(...VENUES), instrumentNumber: instrument, side, priceTicks: price, quantityLots: lots, quantityUnits: lots, quantityScale: fc.constant(2), venueTradeId: fc.integer({ min: 1, max: 400 }), venueTimeNs: fc.constant('1577836800000000000') }) },
  { weight: 3, arbitrary: fc.record({ ...terms, type: fc.constant('LIMIT' as const), tif: resting, limitPriceTicks: price, displayLots: keepOr(fc.constant(1)), postOnly: fc.boolean(), selfTradePrevention }) },
  { weight: 3, arbitrary: fc.record({ ...terms, type: fc.constant('LIMIT' as const), tif: fc.constant('GTD' as const), limitPriceTicks: price, expireMicros }) },
  { weight: 3, arbitrary: fc.record({ ...terms, type: fc.constant('STOP' as const), tif: resting, triggerTicks: price }) },
  { weight: 3, arbitrary: fc.record({ ...terms, type: fc.constant('STOP_LIMIT' as const), tif: fc.constant('GTD' as const), limitPriceTicks: price, triggerTicks: price, expireMicros }) },
  { weight: 3, arbitrary: fc.record({ ...terms, type: fc.constant('TRAILING_STOP' as const), tif: resting, triggerTicks: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ ...terms, type: fc.constant('MARKET_TO_LIMIT' as const), tif: resting }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('AmendOrder' as const), accountNumber: user, orderId, limitPriceTicks: keepOr(price), quantityLots: keepOr(lots), triggerTicks: keepOr(price) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('MassCancel' as const), accountNumber: fc.constantFrom(0, ...USERS), instrumentNumber: fc.constantFrom(0, ...INSTRUMENTS), side: keepOr(side) }) },
);
