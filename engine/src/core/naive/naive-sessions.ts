// Random sessions for the property tests: steps as fast-check makes and shrinks them, and how a step becomes a command
// once it is known which orders exist.

import fc from 'fast-check';
import { FEED_STATES, INSTRUMENT_STATES, SELF_TRADE_PREVENTIONS, TRADING_STATES, type OrderType, type TimeInForce } from '@mib/model/trading';
import type { JournalledCommand, PlaceOrder } from '@mib/proto/engine-commands';
import type { NaiveComparison } from './naive-comparison.ts';

const MAX_TICKS = 2 ** 31 - 1;
const MICROSECOND_NS = 1_000n;
/** Trades without limits; has little cash; has limits and a collar of its own. */
export const USERS = [1000, 1001, 1002] as const;
const VENUES = [1, 2] as const;
export const INSTRUMENTS = [1, 2, 3] as const;
const RICH = 2 ** 50;
const POOR = 20_000;

export interface Session {
  readonly prices: 'narrow' | 'whole range';
  readonly types: readonly OrderType[];
  readonly tifs: readonly TimeInForce[];
  readonly terms: readonly ('display' | 'postOnly' | 'selfTradePrevention')[];
  /** Which other kinds of steps may come. */
  readonly others: readonly (keyof ReturnType<typeof otherSteps>)[];
}

const side = fc.constantFrom('BUY' as const, 'SELL' as const);
const account = fc.constantFrom(...USERS, ...VENUES);
const instrument = fc.constantFrom(1, 1, 1, 2, 3);
const narrowPrice = fc.integer({ min: 95, max: 105 });
const anyPrice = fc.oneof(fc.constantFrom(1, 2, 2 ** 30, MAX_TICKS - 1, MAX_TICKS), fc.integer({ min: 1, max: MAX_TICKS }), narrowPrice);
const fewLots = fc.integer({ min: 1, max: 20 });
const anyLots = fc.oneof({ weight: 9, arbitrary: fewLots }, { weight: 1, arbitrary: fc.constantFrom(1_000_000, MAX_TICKS) });

function priceOf({ prices }: Session): fc.Arbitrary<number> {
  return prices === 'narrow' ? narrowPrice : anyPrice;
}

function placeStep(session: Session) {
  const has = (term: Session['terms'][number]) => session.terms.includes(term);
  return fc.record({
    kind: fc.constant('place' as const),
    account,
    instrument,
    side,
    type: fc.constantFrom(...session.types),
    tif: fc.constantFrom(...session.tifs),
    price: priceOf(session),
    trigger: priceOf(session),
    offset: fc.integer({ min: 1, max: 6 }),
    lots: session.prices === 'narrow' ? fewLots : anyLots,
    display: has('display') ? fc.option(fc.integer({ min: 1, max: 5 })) : fc.constant(null),
    expiresIn: fc.integer({ min: -1, max: 30 }),
    postOnly: has('postOnly') ? fc.constantFrom(false, false, true) : fc.constant(false),
    stp: has('selfTradePrevention') ? fc.constantFrom('NONE' as const, ...SELF_TRADE_PREVENTIONS) : fc.constant('NONE' as const),
  });
}

function otherSteps(session: Session) {
  const price = priceOf(session);
  const pick = fc.nat({ max: 15 });
  return {
    cancel: fc.record({ kind: fc.constant('cancel' as const), pick, stranger: fc.boolean() }),
    level: fc.record({ kind: fc.constant('level' as const), account: fc.constantFrom(...VENUES), instrument, side, price, lots: fc.integer({ min: 0, max: 20 }) }),
    repeat: fc.record({ kind: fc.constant('repeat' as const), pick, moreLots: fc.constantFrom(0, 0, 1) }),
    cash: fc.record({ kind: fc.constant('cash' as const), account, amount: fc.integer({ min: -30_000, max: 30_000 }).filter((amount) => amount !== 0) }),
    limits: fc.record({ kind: fc.constant('limits' as const), account: fc.constantFrom(...USERS), instrument: fc.constantFrom(0, 1, 9), max: fc.integer({ min: 0, max: 60 }), collar: fc.constantFrom(0, 100, 500, 20_000) }),
    trading: fc.record({ kind: fc.constant('trading' as const), account: fc.constantFrom(0, ...USERS), state: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, ...TRADING_STATES) }),
    amend: fc.record({ kind: fc.constant('amend' as const), pick, price: fc.option(price), lots: fc.option(fewLots), trigger: fc.option(fc.oneof(price, fewLots), { freq: 2 }) }),
    massCancel: fc.record({ kind: fc.constant('massCancel' as const), account: fc.constantFrom(0, ...USERS, ...VENUES), instrument: fc.constantFrom(0, ...INSTRUMENTS), side: fc.option(side) }),
    state: fc.record({ kind: fc.constant('state' as const), instrument, state: fc.constantFrom('CONTINUOUS' as const, 'CONTINUOUS' as const, ...INSTRUMENT_STATES) }),
    fees: fc.record({ kind: fc.constant('fees' as const), instrument: fc.constantFrom(0, ...INSTRUMENTS), maker: fc.integer({ min: -2_000, max: 3_000 }), taker: fc.integer({ min: 0, max: 5_000 }) }),
    feed: fc.record({ kind: fc.constant('feed' as const), account: fc.constantFrom(...VENUES), instrument, state: fc.constantFrom('LIVE' as const, ...FEED_STATES) }),
    print: fc.record({ kind: fc.constant('print' as const), account: fc.constantFrom(...VENUES), instrument, side, price, lots: fc.integer({ min: 0, max: 20 }), id: fc.integer({ min: 1, max: 40 }) }),
    time: fc.record({ kind: fc.constant('time' as const) }),
  };
}

const WEIGHTS = { cancel: 3, level: 4, repeat: 1, cash: 1, limits: 1, trading: 1, amend: 4, massCancel: 1, state: 1, fees: 1, feed: 1, print: 2, time: 1 } as const;
const PLACE_WEIGHT = 10;

/** Steps with microseconds to wait before each. */
export function stepsOf(session: Session, maxLength: number) {
  const all = otherSteps(session);
  const others = session.others.map((name) => ({ weight: WEIGHTS[name], arbitrary: all[name] as fc.Arbitrary<OtherStep> }));
  const step = fc.oneof({ weight: PLACE_WEIGHT, arbitrary: placeStep(session) as fc.Arbitrary<OtherStep | PlaceStep> }, ...others);
  const afterMicros = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 40 }) });
  return fc.array(fc.tuple(step, afterMicros), { size: 'max', maxLength });
}

type Arbitraries = ReturnType<typeof otherSteps>;
type OtherStep = { [K in keyof Arbitraries]: Arbitraries[K] extends fc.Arbitrary<infer T> ? T : never }[keyof Arbitraries];
type PlaceStep = ReturnType<typeof placeStep> extends fc.Arbitrary<infer T> ? T : never;
export type Step = OtherStep | PlaceStep;

/** Three instruments in two currencies, three users, nothing in the books. */
export function openMarket(comparison: NaiveComparison): void {
  const instruments = [
    { instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 2 },
    { instrumentNumber: 2, instrumentId: 'B.XSIM', tickSize: '0.25', lotSize: '1', currency: 'USD', cashScale: 2 },
    { instrumentNumber: 3, instrumentId: 'C.XSIM', tickSize: '1', lotSize: '3', currency: 'EUR', cashScale: 0 },
  ];
  for (const one of instruments) comparison.submit({ kind: 'RegisterInstrument', ...one });
  for (const accountNumber of USERS) comparison.submit({ kind: 'OpenAccount', accountNumber });
  for (const currency of ['USD', 'EUR']) {
    USERS.forEach((accountNumber, index) => comparison.submit({ kind: 'AdjustCash', accountNumber, currency, amountUnits: [RICH, POOR, POOR * 10][index]!, clientOrderId: `deposit-${currency}` }));
  }
  comparison.submit({ kind: 'SetRiskLimits', accountNumber: 1000, instrumentNumber: 0, maxPositionLots: 0, collarBasisPoints: 0 });
  comparison.submit({ kind: 'SetRiskLimits', accountNumber: 1002, instrumentNumber: 1, maxPositionLots: 30, collarBasisPoints: 400 });
}

/** Runs the steps on core and twin. */
export function runSession(comparison: NaiveComparison, steps: readonly (readonly [Step, number])[]): void {
  const placed: PlaceOrder[] = [];
  const ids: number[] = [];
  steps.forEach(([step, afterMicros], index) => {
    const afterNs = BigInt(afterMicros) * MICROSECOND_NS;
    const nowMicros = Number((comparison.driver.timeNs + afterNs) / MICROSECOND_NS);
    const command = toCommand(step, index, { placed, ids, nowMicros });
    const result = comparison.submit(command, afterNs);
    if (command.kind === 'PlaceOrder' && step.kind === 'place') {
      placed.push(command);
      ids.push(result.orderId);
    }
  });
}

interface Known {
  readonly placed: readonly PlaceOrder[];
  readonly ids: readonly number[];
  readonly nowMicros: number;
}

function toCommand(step: Step, index: number, known: Known): JournalledCommand {
  switch (step.kind) {
    case 'place':
      return toOrder(step, `c${index}`, known.nowMicros);
    case 'cancel': {
      const { orderId, accountNumber } = target(step.pick, known);
      return { kind: 'CancelOrder', accountNumber: step.stranger && step.pick === 0 ? 1001 : accountNumber, orderId };
    }
    case 'level':
      return { kind: 'SetVenueLevel', accountNumber: step.account, instrumentNumber: step.instrument, side: step.side, priceTicks: step.price, quantityLots: step.lots };
    case 'repeat': {
      const first = known.placed.at(-1 - (step.pick % Math.max(known.placed.length, 1)));
      return first ? { ...first, quantityLots: Math.min(first.quantityLots + step.moreLots, MAX_TICKS) } : { kind: 'OpenAccount', accountNumber: 1000 };
    }
    case 'cash':
      return { kind: 'AdjustCash', accountNumber: step.account, currency: 'USD', amountUnits: step.amount, clientOrderId: `c${index}` };
    case 'limits':
      return { kind: 'SetRiskLimits', accountNumber: step.account, instrumentNumber: step.instrument, maxPositionLots: step.max, collarBasisPoints: step.collar };
    case 'trading':
      return { kind: 'SetTradingState', accountNumber: step.account, state: step.state };
    case 'amend':
      return { kind: 'AmendOrder', ...target(step.pick, known), ...given({ limitPriceTicks: step.price, quantityLots: step.lots, triggerTicks: step.trigger }) };
    case 'massCancel':
      return { kind: 'MassCancel', accountNumber: step.account, instrumentNumber: step.instrument, ...given({ side: step.side }) };
    case 'state':
      return { kind: 'SetInstrumentState', instrumentNumber: step.instrument, state: step.state };
    case 'fees':
      return { kind: 'SetFees', instrumentNumber: step.instrument, makerPpm: step.maker, takerPpm: step.taker };
    case 'feed':
      return { kind: 'SetFeedState', accountNumber: step.account, instrumentNumber: step.instrument, state: step.state };
    case 'print':
      return { kind: 'PrintTrade', accountNumber: step.account, instrumentNumber: step.instrument, side: step.side, priceTicks: step.price, quantityLots: step.lots, quantityUnits: 10 * step.lots + 3, quantityScale: 1, venueTradeId: step.id, venueTimeNs: String(known.nowMicros) };
    case 'time':
      return { kind: 'AdvanceTime' };
  }
}

/** Only the terms that the type and the time in force have. */
function toOrder(step: PlaceStep, clientOrderId: string, nowMicros: number): PlaceOrder {
  const hasLimit = step.type === 'LIMIT' || step.type === 'STOP_LIMIT';
  const mayRest = step.tif !== 'IOC' && step.tif !== 'FOK';
  return {
    kind: 'PlaceOrder',
    accountNumber: step.account,
    clientOrderId,
    instrumentNumber: step.instrument,
    side: step.side,
    type: step.type,
    tif: mayRest || step.type === 'LIMIT' || step.type === 'MARKET' ? step.tif : 'GTC',
    quantityLots: step.lots,
    ...(hasLimit && { limitPriceTicks: step.price }),
    ...((step.type === 'STOP' || step.type === 'STOP_LIMIT') && { triggerTicks: step.trigger }),
    ...(step.type === 'TRAILING_STOP' && { triggerTicks: step.offset }),
    ...(step.tif === 'GTD' && { expireMicros: nowMicros + step.expiresIn }),
    ...(hasLimit && mayRest && step.display !== null && { displayLots: Math.min(step.display, step.lots) }),
    ...(step.type === 'LIMIT' && mayRest && step.postOnly && { postOnly: true }),
    ...(step.account >= USERS[0] && step.stp !== 'NONE' && { selfTradePrevention: step.stp }),
  };
}

/** The pick-th newest order. */
function target(pick: number, { placed, ids }: Known): { readonly accountNumber: number; readonly orderId: number } {
  const at = placed.length - 1 - (pick % Math.max(placed.length, 1));
  return { accountNumber: placed[at]?.accountNumber ?? 1000, orderId: ids[at] ?? 1 };
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as { [K in keyof T]?: Exclude<T[K], null> };
}
