// What the simulated clients want: traders place, amend and cancel, a venue shows levels, an operator opens the market,
// then pays cash in and out of it, moves its state, sets fees and clears away.

import { INSTRUMENT_STATES, SELF_TRADE_PREVENTIONS, TIMES_IN_FORCE } from '@mib/model/trading';
import type { EngineCommand, PlaceOrder } from '@mib/proto/engine-commands';
import type { SeededRandom } from './seeded-random.ts';
import type { Trade } from './simulated-client.ts';

export const TRADERS = [1000, 1001, 1002] as const;
const VENUE = 1;
const INSTRUMENTS = [1, 2] as const;
const DEPOSIT = 50_000;
const MAX_LOTS = 20;
const MAX_EXPIRY_MICROS = 5_000;
const MAX_DISTANCE = 5;
const MAX_FEE_PPM = 2_000;
const RESTING = ['GTC', 'GTC', 'DAY', 'GTD'] as const;

const OPENING: readonly EngineCommand[] = [
  { kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 2 },
  { kind: 'RegisterInstrument', instrumentNumber: 2, instrumentId: 'B.XSIM', tickSize: '0.05', lotSize: '1', currency: 'USD', cashScale: 2 },
  ...TRADERS.map((accountNumber) => ({ kind: 'OpenAccount', accountNumber }) as const),
  ...TRADERS.map((accountNumber) => ({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: DEPOSIT, clientOrderId: 'deposit' }) as const),
];

export function operate({ random, count }: Trade): EngineCommand {
  const accountNumber = random.pick(TRADERS);
  const instrumentNumber = random.pick(INSTRUMENTS);
  const choice = random.next();
  if (OPENING[count]) return OPENING[count];
  if (choice < 0.3) return { kind: 'SetInstrumentState', instrumentNumber, state: random.pick(['CONTINUOUS', ...INSTRUMENT_STATES]) };
  if (choice < 0.4) return { kind: 'SetFees', instrumentNumber, makerPpm: random.integer(-MAX_FEE_PPM, MAX_FEE_PPM), takerPpm: random.integer(0, MAX_FEE_PPM) };
  if (choice < 0.5) return { kind: 'MassCancel', accountNumber, instrumentNumber };
  return { kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: random.pick([-1, 1]) * random.integer(1, 1_000), clientOrderId: `operator-${count}` };
}

export function showLevels({ random, count }: Trade): EngineCommand {
  const choice = random.next();
  const instrumentNumber = random.pick(INSTRUMENTS);
  if (choice < 0.1) return { kind: 'SetFeedState', accountNumber: VENUE, instrumentNumber, state: random.pick(['LIVE', 'LIVE', 'RESYNCING', 'STALE']) };
  if (choice < 0.2) return print(random, instrumentNumber, count);
  return { kind: 'SetVenueLevel', accountNumber: VENUE, instrumentNumber, ...sidePrice(random), quantityLots: random.integer(0, MAX_LOTS) };
}

export function trade(accountNumber: number): (trade: Trade) => EngineCommand {
  return ({ random, count, orders, nowMicros }) => {
    const isCancel = orders.length > 0 && random.isTrue(0.2);
    if (orders.length > 0 && random.isTrue(0.1)) return { kind: 'AmendOrder', accountNumber, orderId: random.pick(orders), quantityLots: random.integer(1, MAX_LOTS) };
    return isCancel ? { kind: 'CancelOrder', accountNumber, orderId: random.pick(orders) } : order(random, accountNumber, `c${count}`, nowMicros);
  };
}

function order(random: SeededRandom, accountNumber: number, clientOrderId: string, nowMicros: number): PlaceOrder {
  const { side, priceTicks } = sidePrice(random);
  const type = random.pick(['LIMIT', 'LIMIT', 'LIMIT', 'MARKET', 'STOP', 'TRAILING_STOP', 'MARKET_TO_LIMIT'] as const);
  const tif = random.pick(type === 'LIMIT' ? TIMES_IN_FORCE : RESTING);
  const quantityLots = random.integer(1, MAX_LOTS);
  return {
    kind: 'PlaceOrder',
    accountNumber,
    clientOrderId,
    instrumentNumber: random.pick(INSTRUMENTS),
    side,
    type,
    tif,
    quantityLots,
    selfTradePrevention: random.pick(SELF_TRADE_PREVENTIONS),
    ...(type === 'LIMIT' && { limitPriceTicks: priceTicks }),
    ...(type === 'STOP' && { triggerTicks: priceTicks }),
    ...(type === 'TRAILING_STOP' && { triggerTicks: random.integer(1, MAX_DISTANCE) }),
    ...(type === 'LIMIT' && random.isTrue(0.2) && RESTING.some((one) => one === tif) && { displayLots: random.integer(1, quantityLots) }),
    ...(tif === 'GTD' && { expireMicros: nowMicros + random.integer(1, MAX_EXPIRY_MICROS) }),
  };
}

/** Now and then one that was printed before. */
function print(random: SeededRandom, instrumentNumber: number, count: number): EngineCommand {
  const quantityLots = random.integer(0, MAX_LOTS);
  return { kind: 'PrintTrade', accountNumber: VENUE, instrumentNumber, ...sidePrice(random), quantityLots, quantityUnits: 10 * quantityLots + 1, quantityScale: 1, venueTradeId: Math.max(1, count - random.integer(0, 3)), venueTimeNs: String(count) };
}

/** Buys mostly below, sells mostly above. */
function sidePrice(random: SeededRandom): { readonly side: 'BUY' | 'SELL'; readonly priceTicks: number } {
  const side = random.pick(['BUY', 'SELL'] as const);
  return { side, priceTicks: side === 'BUY' ? random.integer(94, 102) : random.integer(98, 106) };
}
