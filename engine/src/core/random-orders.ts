// The less ordinary commands of a random session: stops, icebergs, orders that expire, prevent self-trades or only rest,
// amendments and mass cancels.

import fc from 'fast-check';
import type { EngineCommand, PlaceOrder } from '@mib/proto/engine-commands';

/** The driver's first commands come just after this; later ones a microsecond apart. */
const START_MICROS = 1_577_836_800_000_000;

const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const restingTif = fc.constantFrom('GTC' as const, 'DAY' as const);
const price = fc.integer({ min: 95, max: 105 });
const lots = fc.integer({ min: 1, max: 20 });
const selfTradePrevention = fc.constantFrom('NONE' as const, 'CANCEL_RESTING' as const, 'CANCEL_TAKING' as const, 'CANCEL_BOTH' as const);

export interface Session {
  readonly accountNumber: fc.Arbitrary<number>;
  readonly instrumentNumber: fc.Arbitrary<number>;
  readonly clientOrderId: fc.Arbitrary<string>;
  readonly orderId: fc.Arbitrary<number>;
}

/** @param session - draws what the session's commands have in common. */
export function specialCommand(session: Session): fc.Arbitrary<EngineCommand> {
  const { accountNumber, instrumentNumber, orderId } = session;
  return fc.oneof(
    { weight: 8, arbitrary: specialOrder(session) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('AmendOrder' as const), accountNumber, orderId, limitPriceTicks: fc.option(price, { nil: undefined }), quantityLots: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }), triggerTicks: fc.option(fc.oneof(price, fc.integer({ min: 1, max: 5 })), { nil: undefined, freq: 1 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('MassCancel' as const), accountNumber: fc.oneof(fc.constant(0), accountNumber), instrumentNumber: fc.oneof(fc.constant(0), instrumentNumber), side: fc.option(side, { nil: undefined }) }) },
  );
}

function specialOrder({ accountNumber, instrumentNumber, clientOrderId }: Session): fc.Arbitrary<PlaceOrder> {
  const common = { kind: fc.constant('PlaceOrder' as const), accountNumber, instrumentNumber, clientOrderId, side, selfTradePrevention, quantityLots: lots };
  const order = (type: PlaceOrder['type'], terms: object): fc.Arbitrary<PlaceOrder> => fc.record({ ...common, type: fc.constant(type), tif: restingTif, ...terms }) as fc.Arbitrary<PlaceOrder>;
  const iceberg = order('LIMIT', { limitPriceTicks: price, displayLots: fc.integer({ min: 1, max: 5 }) }).map((one) => ({ ...one, displayLots: Math.min(one.displayLots!, one.quantityLots) }));
  return fc.oneof(
    order('STOP', { triggerTicks: price }),
    order('STOP_LIMIT', { triggerTicks: price, limitPriceTicks: price }),
    order('TRAILING_STOP', { triggerTicks: fc.integer({ min: 1, max: 5 }) }),
    order('MARKET_TO_LIMIT', { tif: fc.constantFrom('GTC', 'DAY', 'IOC', 'FOK') }),
    order('MARKET', { tif: fc.constantFrom('GTC', 'IOC', 'FOK') }),
    order('LIMIT', { limitPriceTicks: price, tif: fc.constantFrom('GTC', 'DAY', 'IOC', 'FOK') }),
    order('LIMIT', { limitPriceTicks: price, postOnly: fc.boolean() }),
    order('LIMIT', { limitPriceTicks: price, tif: fc.constant('GTD'), expireMicros: fc.integer({ min: 10, max: 200 }).map((after) => START_MICROS + after) }),
    order('STOP_LIMIT', { limitPriceTicks: price, triggerTicks: price, tif: fc.constant('GTD'), expireMicros: fc.integer({ min: 10, max: 200 }).map((after) => START_MICROS + after) }),
    iceberg,
  );
}
