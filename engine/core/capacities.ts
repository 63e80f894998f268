// How much the core holds. Tables lie at fixed places, at full size: untouched pages cost no memory, and nothing grows on
// the hot path. A full table refuses with CAPACITY_EXCEEDED, it never evicts state. The simulator's cores are smaller.

import { SIZE_DIVISOR } from './size-divisor';

export const MAX_INSTRUMENTS: i32 = 4_096 / SIZE_DIVISOR;
export const MAX_ACCOUNTS: i32 = 65_536 / SIZE_DIVISOR;
export const MAX_CURRENCIES: i32 = 16;
/** Pairs of account and instrument that ever held a position or an order. */
export const MAX_POSITIONS: i32 = 262_144 / SIZE_DIVISOR;
export const MAX_RISK_LIMITS: i32 = 65_536 / SIZE_DIVISOR;
export const MAX_OPEN_ORDERS: i32 = 524_288 / SIZE_DIVISOR;
/** What waits unfilled may cost its account nothing, so no user may take everybody's places. */
export const MAX_OPEN_ORDERS_OF_ACCOUNT: i32 = MAX_OPEN_ORDERS / 32 > 256 ? MAX_OPEN_ORDERS / 32 : 256;
export const MAX_PRICE_LEVELS: i32 = 262_144 / SIZE_DIVISOR;
/** The last this many commands with a clientOrderId are recognised when repeated; the oldest is forgotten first. */
export const IDEMPOTENCY_WINDOW: i32 = 262_144 / SIZE_DIVISOR;

/** Limits of an account for which SetRiskLimits set none. */
export const DEFAULT_MAX_POSITION_LOTS: i32 = 1_000_000;
export const DEFAULT_COLLAR_BASIS_POINTS: i32 = 2_000;

/** Commands that one call of `apply` takes. */
export const MAX_COMMANDS_PER_CALL: i32 = 4_096;
