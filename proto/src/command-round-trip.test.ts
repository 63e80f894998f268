import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FEED_STATES, INSTRUMENT_STATES, SELF_TRADE_PREVENTIONS, SIDES, TRADING_STATES } from '@mib/model/trading';
import { checkCommand } from './check-command.ts';
import { MAX_FEE_PPM } from './command-rules.ts';
import { decodeCommand } from './decode-command.ts';
import { encodeCommand } from './encode-command.ts';
import { MAX_NUMBER, type EngineCommand, type PlaceOrder } from './engine-commands.ts';
import { COMMAND, COMMAND_KIND } from './layout-command.ts';
import { RECORD_BYTES, recordViews } from './layout-record.ts';

const INDEX = 1;
const number = (min: number, max = MAX_NUMBER) => fc.integer({ min, max });
const user = number(1000);
const instrumentNumber = number(1);
const side = fc.constantFrom(...SIDES);
const clientOrderId = fc.stringMatching(/^[!-~]{1,36}$/);
const restingTif = fc.constantFrom({ tif: 'GTC' as const }, { tif: 'DAY' as const }).map((one) => ({ ...one, expireMicros: undefined }));
const gtd = fc.record({ tif: fc.constant('GTD' as const), expireMicros: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) });
const rests = fc.oneof(restingTif, gtd);
const any = fc.oneof(rests, fc.constantFrom('IOC' as const, 'FOK' as const).map((tif) => ({ tif, expireMicros: undefined })));

const head = fc.record({ kind: fc.constant('PlaceOrder' as const), accountNumber: user, clientOrderId, instrumentNumber, side, quantityLots: number(1), selfTradePrevention: fc.constantFrom(...SELF_TRADE_PREVENTIONS) });
const none = { limitPriceTicks: undefined, triggerTicks: undefined, displayLots: undefined, expireMicros: undefined, postOnly: false };
const price = number(1);

/** One arbitrary per type of order, each with only the terms that it may have. */
const order: fc.Arbitrary<PlaceOrder> = fc.oneof(
  fc.tuple(head, any).map(([one, tif]) => ({ ...none, ...one, ...tif, type: 'MARKET' as const })),
  fc.tuple(head, any, price).map(([one, tif, limitPriceTicks]) => ({ ...none, ...one, ...tif, type: 'LIMIT' as const, limitPriceTicks })),
  fc.tuple(head, rests, price, fc.boolean(), number(1)).map(([one, tif, limitPriceTicks, postOnly, display]) => ({ ...none, ...one, ...tif, type: 'LIMIT' as const, limitPriceTicks, postOnly, displayLots: Math.min(display, one.quantityLots) })),
  fc.tuple(head, any, price, fc.constantFrom('STOP' as const, 'TRAILING_STOP' as const)).map(([one, tif, triggerTicks, type]) => ({ ...none, ...one, ...tif, type, triggerTicks })),
  fc.tuple(head, any, price, price).map(([one, tif, triggerTicks, limitPriceTicks]) => ({ ...none, ...one, ...tif, type: 'STOP_LIMIT' as const, triggerTicks, limitPriceTicks })),
  fc.tuple(head, any).map(([one, tif]) => ({ ...none, ...one, ...tif, type: 'MARKET_TO_LIMIT' as const })),
);

const orUndefined = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const orderId = number(1, Number.MAX_SAFE_INTEGER);

const command: fc.Arbitrary<EngineCommand> = fc.oneof(
  { weight: 4, arbitrary: order },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('CancelOrder' as const), accountNumber: user, orderId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetVenueLevel' as const), accountNumber: number(1, 999), instrumentNumber, side, priceTicks: price, quantityLots: number(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('AdjustCash' as const), accountNumber: user, currency: fc.constantFrom('USD', 'BTC', 'LONGCODE'), amountUnits: number(1), clientOrderId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetTradingState' as const), accountNumber: number(0), state: fc.constantFrom(...TRADING_STATES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('AmendOrder' as const), accountNumber: user, orderId, limitPriceTicks: orUndefined(price), quantityLots: orUndefined(number(1)), triggerTicks: orUndefined(price) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('MassCancel' as const), accountNumber: number(0), instrumentNumber: number(0), side: orUndefined(side) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetInstrumentState' as const), instrumentNumber, state: fc.constantFrom(...INSTRUMENT_STATES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetFeedState' as const), accountNumber: number(1, 999), instrumentNumber, state: fc.constantFrom(...FEED_STATES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('PrintTrade' as const), accountNumber: number(1, 999), instrumentNumber, side, priceTicks: price, quantityLots: number(0), quantityUnits: orderId, quantityScale: number(0, 18), venueTradeId: orderId, venueTimeNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('SetFees' as const), instrumentNumber: number(0), makerPpm: number(-MAX_FEE_PPM, MAX_FEE_PPM), takerPpm: number(0, MAX_FEE_PPM) }) },
);

const limit: PlaceOrder = { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'a', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 10, quantityLots: 5 };
const stop: PlaceOrder = { ...limit, type: 'STOP', limitPriceTicks: undefined, triggerTicks: 10 };

describe('a command', () => {
  it('that is encoded passes the gateway and is read back as it was', () => {
    fc.assert(
      fc.property(command, (one) => {
        const views = recordViews(new ArrayBuffer(2 * RECORD_BYTES));
        views.words.fill(-1);
        encodeCommand(views, INDEX, one, 7);
        checkCommand(views, INDEX);
        expect(decodeCommand(views, INDEX)).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, PlaceOrder]>([
    ['triggerTicks must be absent for LIMIT, was 9', { ...limit, triggerTicks: 9 }],
    ['limitPriceTicks must be absent for STOP, was 9', { ...stop, limitPriceTicks: 9 }],
    ['triggerTicks must be an integer 1..2147483647, was 0', { ...stop, triggerTicks: undefined }],
    ['limitPriceTicks must be an integer 1..2147483647, was 0', { ...limit, type: 'STOP_LIMIT', triggerTicks: 9, limitPriceTicks: undefined }],
    ['limitPriceTicks must be absent for MARKET_TO_LIMIT, was 10', { ...limit, type: 'MARKET_TO_LIMIT' }],
    ['expireMicros must be an integer 1..9007199254740991, was 0', { ...limit, tif: 'GTD' }],
    ['expireMicros must be absent for DAY, was 1', { ...limit, tif: 'DAY', expireMicros: 1 }],
    ['displayLots must be an integer 1..5, was 6', { ...limit, displayLots: 6 }],
    ['displayLots must be absent for FOK, was 1', { ...limit, tif: 'FOK', displayLots: 1 }],
    ['displayLots must be absent for STOP, was 1', { ...stop, displayLots: 1 }],
    ['postOnly must be absent for STOP, was true', { ...stop, postOnly: true }],
    ['postOnly must be absent for IOC, was true', { ...limit, tif: 'IOC', postOnly: true }],
    ['selfTradePrevention must be absent for a venue participant, was 2', { ...limit, accountNumber: 1, selfTradePrevention: 'CANCEL_TAKING' }],
  ])('whose terms contradict each other is refused: %s', (message, one) => {
    expect(() => encodeCommand(recordViews(new ArrayBuffer(RECORD_BYTES)), 0, one, 1)).toThrow(message);
  });

  it.each<[string, number, number, number]>([
    ['kind must be a command kind 1..12, 14 or 15, was 13', COMMAND_KIND.ADVANCE_TIME, COMMAND.ACCOUNT, 0],
    ['kind must be a command kind 1..12, 14 or 15, was 100', COMMAND_KIND.QUERY, COMMAND.ACCOUNT, 0],
    ['flags must be bits of 49, was 2', COMMAND_KIND.PLACE_ORDER, COMMAND.FLAGS, 2],
    ['triggerTicks must be absent for LIMIT, was -1', COMMAND_KIND.PLACE_ORDER, COMMAND.TRIGGER, -1],
  ])('that no client may send is refused at the gateway: %s', (message, kind, word, value) => {
    const views = recordViews(new ArrayBuffer(RECORD_BYTES));
    encodeCommand(views, 0, limit, 1);
    views.words[COMMAND.KIND] = kind;
    views.words[word] = value;
    expect(() => checkCommand(views, 0)).toThrow(message);
  });
});
