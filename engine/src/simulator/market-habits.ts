// What the simulated clients want: traders place, amend and cancel, a venue shows levels, an operator opens the market
// and then pays cash in and out of it.

import type { EngineCommand, PlaceOrder } from '@mib/proto/engine-commands';
import type { SeededRandom } from './seeded-random.ts';
import type { Trade } from './simulated-client.ts';

export const TRADERS = [1000, 1001, 1002] as const;
const VENUE = 1;
const INSTRUMENTS = [1, 2] as const;
const DEPOSIT = 50_000;
const MAX_LOTS = 20;
const MAX_EXPIRY_MICROS = 5_000;

const OPENING: readonly EngineCommand[] = [
  { kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 2 },
  { kind: 'RegisterInstrument', instrumentNumber: 2, instrumentId: 'B.XSIM', tickSize: '0.05', lotSize: '1', currency: 'USD', cashScale: 2 },
  ...TRADERS.map((accountNumber) => ({ kind: 'OpenAccount', accountNumber }) as const),
  ...TRADERS.map((accountNumber) => ({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: DEPOSIT, clientOrderId: 'deposit' }) as const),
];

export function operate({ random, count }: Trade): EngineCommand {
  const accountNumber = random.pick(TRADERS);
  return OPENING[count] ?? { kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: random.pick([-1, 1]) * random.integer(1, 1_000), clientOrderId: `operator-${count}` };
}

export function showLevels({ random }: Trade): EngineCommand {
  return { kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber: random.pick(INSTRUMENTS), ...sidePrice(random), quantityLots: random.integer(0, MAX_LOTS) };
}

export function trade(accountNumber: number): (trade: Trade) => EngineCommand {
  return ({ random, count, orders, nowMicros }) => {
    const isCancel = orders.length > 0 && random.isTrue(0.2);
    return isCancel ? { kind: 'CancelOrder', accountNumber, orderId: random.pick(orders) } : order(random, accountNumber, `c${count}`, nowMicros);
  };
}

function order(random: SeededRandom, accountNumber: number, clientOrderId: string, nowMicros: number): PlaceOrder {
  const { side, priceTicks } = sidePrice(random);
  const type = random.pick(['LIMIT', 'LIMIT', 'LIMIT', 'MARKET'] as const);
  const tif = random.pick(['GTC', 'GTC', 'GTC', 'IOC', 'FOK'] as const);
  void nowMicros;
  void MAX_EXPIRY_MICROS;
  return {
    kind: 'PlaceOrder',
    accountNumber,
    clientOrderId,
    instrumentNumber: random.pick(INSTRUMENTS),
    side,
    type,
    tif,
    quantityLots: random.integer(1, MAX_LOTS),
    ...(type === 'LIMIT' && { limitPriceTicks: priceTicks }),
  };
}

/** Buys mostly below, sells mostly above. */
function sidePrice(random: SeededRandom): { readonly side: 'BUY' | 'SELL'; readonly priceTicks: number } {
  const side = random.pick(['BUY', 'SELL'] as const);
  return { side, priceTicks: side === 'BUY' ? random.integer(94, 102) : random.integer(98, 106) };
}
