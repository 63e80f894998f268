// How much the core holds. Tables are allocated once, at full size: untouched pages cost no memory, and nothing grows
// on the hot path. A full table refuses with CAPACITY_EXCEEDED, it never evicts state. The simulator's cores are smaller.

import { SIZE_DIVISOR } from '#size-divisor';

export const MAX_INSTRUMENTS = 4_096 / SIZE_DIVISOR;
export const MAX_ACCOUNTS = 65_536 / SIZE_DIVISOR;
export const MAX_CURRENCIES = 16;
/** Pairs of account and instrument that ever held a position or an order. */
export const MAX_POSITIONS = 262_144 / SIZE_DIVISOR;
export const MAX_RISK_LIMITS = 65_536 / SIZE_DIVISOR;
export const MAX_OPEN_ORDERS = 524_288 / SIZE_DIVISOR;
/** What waits unfilled may cost its account nothing, so no user may take everybody's places. */
export const MAX_OPEN_ORDERS_OF_ACCOUNT = Math.max(256, MAX_OPEN_ORDERS / 32);
export const MAX_PRICE_LEVELS = 262_144 / SIZE_DIVISOR;
/** The last this many commands with a clientOrderId are recognised when repeated; the oldest is forgotten first. */
export const IDEMPOTENCY_WINDOW = 262_144 / SIZE_DIVISOR;

/** Limits of an account for which SetRiskLimits set none. */
export const DEFAULT_MAX_POSITION_LOTS = 1_000_000;
export const DEFAULT_COLLAR_BASIS_POINTS = 2_000;
