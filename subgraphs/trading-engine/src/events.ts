// What this service hears and says on the event bus.

/** auth-service announces every new user here; each gets a first paper account. */
export const USERS_TOPIC = 'auth.users';
/** One record per order event, key account id. */
export const ORDERS_TOPIC = 'trading.orders';
/** One record per fill, key account id. */
export const FILLS_TOPIC = 'trading.fills';

export interface UserRegistered {
  readonly kind: 'UserRegistered';
  readonly userId: string;
}

/** `id` is the order event's cursor in text form, `<sequence>.<leg>`: unique for ever, so consumers can drop repeats. */
export interface OrderAnnouncement {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly instrumentId: string;
  readonly side: string;
  readonly type: string;
  readonly tif: string;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly status: string;
  readonly filledQuantity: string;
  readonly averageFillPrice: string | null;
  readonly denyCode: string | null;
  readonly cancelReason: string | null;
  readonly version: number;
  readonly at: string;
}

export interface FillAnnouncement {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  readonly orderId: string;
  readonly instrumentId: string;
  readonly side: string;
  readonly price: string;
  readonly quantity: string;
  readonly currency: string;
  readonly at: string;
}

/** Reads a record of USERS_TOPIC; undefined for a kind this service does not know. */
export function parseUserEvent(value: string): UserRegistered | undefined {
  const event = JSON.parse(value) as { readonly kind?: unknown; readonly userId?: unknown };
  if (event.kind !== 'UserRegistered' || typeof event.userId !== 'string' || event.userId === '') return undefined;
  return { kind: 'UserRegistered', userId: event.userId };
}
