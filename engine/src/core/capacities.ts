// How much the core holds, as the compiled core says it (engine/core/capacities.ts).

import { coreConstant } from './core-module.ts';

export const MAX_INSTRUMENTS = coreConstant('MAX_INSTRUMENTS');
export const MAX_ACCOUNTS = coreConstant('MAX_ACCOUNTS');
export const MAX_CURRENCIES = coreConstant('MAX_CURRENCIES');
export const MAX_POSITIONS = coreConstant('MAX_POSITIONS');
export const MAX_RISK_LIMITS = coreConstant('MAX_RISK_LIMITS');
export const MAX_OPEN_ORDERS = coreConstant('MAX_OPEN_ORDERS');
export const MAX_OPEN_ORDERS_OF_ACCOUNT = coreConstant('MAX_OPEN_ORDERS_OF_ACCOUNT');
export const MAX_PRICE_LEVELS = coreConstant('MAX_PRICE_LEVELS');
export const IDEMPOTENCY_WINDOW = coreConstant('IDEMPOTENCY_WINDOW');
export const DEFAULT_MAX_POSITION_LOTS = coreConstant('DEFAULT_MAX_POSITION_LOTS');
export const DEFAULT_COLLAR_BASIS_POINTS = coreConstant('DEFAULT_COLLAR_BASIS_POINTS');
