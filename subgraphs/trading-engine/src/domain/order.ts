// An order as it is stored: the engine's whole numbers. Decimals are made where it is shown.

import type { OrderType, SelfTradePrevention, Side, TimeInForce } from '@mib/model/trading';
import type { CancelReason, RejectCode } from '@mib/proto/engine-client';

export const ORDER_STATUSES = ['DENIED', 'ACCEPTED', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** `filledValue` is the sum of ticks times lots; `denyLimit` and `denyObserved` are in the unit of their code. */
export interface OrderRow {
  readonly id: number;
  readonly accountNumber: number;
  readonly clientOrderId: string;
  readonly instrumentNumber: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly tif: TimeInForce;
  readonly limitPriceTicks: number | null;
  readonly quantityLots: number;
  /** Stop price, or the distance of a TRAILING_STOP; null for types without. */
  readonly triggerTicks: number | null;
  /** Lots shown at once; null for all. A denied order does not say. */
  readonly displayLots: number | null;
  /** Unix microseconds; null for all but GTD. */
  readonly expireMicros: number | null;
  readonly postOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly filledLots: number;
  readonly filledValue: bigint;
  readonly status: OrderStatus;
  readonly denyCode: RejectCode | null;
  readonly denyLimit: number | null;
  readonly denyObserved: number | null;
  readonly cancelReason: CancelReason | null;
  readonly createdAtNs: bigint;
  readonly updatedAtNs: bigint;
  /** Events so far, from 1. */
  readonly version: number;
}

export function isOpen(order: OrderRow): boolean {
  return order.status === 'ACCEPTED' || order.status === 'PARTIALLY_FILLED';
}
