// Seeded order flow as engine events: user and venue accounts place, trade (with themselves too), amend, cancel, are denied.

import type { Side } from '@mib/model/trading';
import type { EngineEvent } from '@mib/proto/engine-client';
import type { ScriptedEvent } from './scripted-engine.ts';

export const INSTRUMENT: ScriptedEvent = { kind: 'InstrumentRegistered', instrumentNumber: 1, instrumentId: 'SPX.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 };

interface OpenOrder {
  readonly orderId: number;
  readonly accountNumber: number;
  readonly side: Side;
  left: number;
  total: number;
}

/** Accounts of the flow; 1 is a venue participant. */
export const ACCOUNTS = [1, 1000, 1001];

export interface OrderTermsOptions {
  readonly orderId: number;
  readonly accountNumber: number;
  readonly side?: Side;
  readonly quantityLots?: number;
  readonly clientOrderId?: string;
}

export function accepted(options: OrderTermsOptions): ScriptedEvent {
  return { kind: 'OrderAccepted', ...terms(options), displayLots: null };
}

export function denied(options: OrderTermsOptions): ScriptedEvent {
  return { kind: 'OrderDenied', ...terms(options), code: 'NOTIONAL_EXCEEDS_FREE_BALANCE', limit: 1_000_000, observed: 2_500_000 };
}

function terms(options: OrderTermsOptions) {
  const order = { clientOrderId: `c${options.orderId}`, instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 10_000, quantityLots: 10 } as const;
  return { ...order, triggerTicks: null, expireMicros: null, postOnly: false, selfTradePrevention: 'NONE', ...options } as const;
}

/** About `count` events that a real engine could have sent, `random` in [0, 1). */
export function randomFlow(random: () => number, count: number): ScriptedEvent[] {
  const events: ScriptedEvent[] = [INSTRUMENT];
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  let open: OpenOrder[] = [];
  for (const accountNumber of ACCOUNTS.slice(1)) events.push({ kind: 'CashAdjusted', accountNumber, currency: 'USD', amountUnits: 1_000_000_000, totalUnits: 1_000_000_000, clientOrderId: 'mib:first-deposit' });
  while (events.length < count) {
    const roll = random();
    const orderId = events.length + 1;
    if (roll < 0.1) events.push(denied({ orderId, accountNumber: pick(ACCOUNTS.slice(1)) }));
    else if (roll < 0.25 && open.length > 0) events.push(cancel(pick(open)));
    else if (roll < 0.3 && open.length > 0) events.push(amend(pick(open)));
    else place(orderId);
    open = open.filter((order) => order.left > 0);
  }
  return events;

  /** Of users only; the maker's is a rebate. */
  function fee(order: OpenOrder): number {
    return order.accountNumber < 1000 ? 0 : 1 + Math.floor(random() * 500);
  }

  function amend(order: OpenOrder): ScriptedEvent {
    const more = 1 + Math.floor(random() * 10);
    order.left += more;
    order.total += more;
    return { kind: 'OrderAmended', orderId: order.orderId, accountNumber: order.accountNumber, instrumentNumber: 1, limitPriceTicks: 10_500, quantityLots: order.total, remainingLots: order.left, triggerTicks: null, keptPriority: false };
  }

  function cancel(order: OpenOrder): ScriptedEvent {
    const remainingLots = order.left;
    order.left = 0;
    return { kind: 'OrderCanceled', orderId: order.orderId, accountNumber: order.accountNumber, instrumentNumber: 1, remainingLots, reason: 'USER' };
  }

  function place(orderId: number): void {
    const total = 1 + Math.floor(random() * 40);
    const taker: OpenOrder = { orderId, accountNumber: pick(ACCOUNTS), side: pick(['BUY', 'SELL']), left: total, total };
    events.push(accepted({ orderId, accountNumber: taker.accountNumber, side: taker.side, quantityLots: total }));
    for (const maker of open.filter((order) => order.side !== taker.side)) {
      if (taker.left === 0 || random() < 0.3) break;
      const quantityLots = Math.min(maker.left, taker.left);
      maker.left -= quantityLots;
      taker.left -= quantityLots;
      const trade: Omit<Extract<EngineEvent, { kind: 'Trade' }>, 'sequence' | 'commandSequence' | 'timestampNs'> = {
        kind: 'Trade', tradeId: 0, instrumentNumber: 1, priceTicks: 9_000 + Math.floor(random() * 2_000), quantityLots, takerSide: taker.side,
        takerOrderId: taker.orderId, takerAccountNumber: taker.accountNumber, takerRemainingLots: taker.left,
        makerOrderId: maker.orderId, makerAccountNumber: maker.accountNumber, makerRemainingLots: maker.left, takerFeeUnits: fee(taker), makerFeeUnits: -fee(maker), isAuction: false,
      };
      events.push(trade);
      events.push({ kind: 'LevelChanged', instrumentNumber: 1, side: maker.side, priceTicks: trade.priceTicks, quantityLots: maker.left, orders: 1 });
    }
    open.push(taker);
  }
}
