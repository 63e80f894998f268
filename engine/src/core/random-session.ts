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
