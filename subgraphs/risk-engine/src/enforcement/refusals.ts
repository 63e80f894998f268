// Who sets, and what is said to those who may not.

import type { UserError } from '@mib/service/errors';

export interface Actor {
  readonly userId: string;
  /** Holds risk:write:any: what such an actor sets binds the owner. */
  readonly mayOverrule: boolean;
}

export const UNTOLD: UserError = { code: 'UNAVAILABLE', message: 'stored; the engine cannot be reached and will be told as soon as it is back', field: null, retryable: false };

export function refusal(code: UserError['code'], message: string, field: readonly string[]): UserError {
  return { code, message, field: ['input', ...field], retryable: false };
}
