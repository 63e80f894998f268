// What went wrong, as REST clients expect it: RFC 9457 problem details with the codes of docs/errors.md. An answer is whole
// or it is a problem; what there is of the data goes along.

import { STATUS_CODES } from 'node:http';
import type { GraphError, RouterErrorCode } from '../respond/graph-error.ts';

export const PROBLEM_JSON = 'application/problem+json';

export interface Problem {
  readonly status: number;
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly data?: unknown;
}

export function problemText({ status, errors, data }: Problem): string {
  const [first] = errors;
  return JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: first?.message, code: first?.extensions.code, errors, ...(data === undefined ? {} : { data }) });
}

/** Of the codes that a field's error may carry: the router's, and those of services (packages/service/src/errors.ts). */
const STATUSES: Readonly<Partial<Record<RouterErrorCode | string, number>>> = {
  VALIDATION: 400,
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  STALE_DATA: 409,
  TRADING_HALTED: 409,
  RISK_DENIED: 422,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
  SUBGRAPH_UNAVAILABLE: 502,
  SUBGRAPH_BAD_RESPONSE: 502,
  DOWNSTREAM_SERVICE_ERROR: 502,
  INVALID_RESPONSE: 502,
  SUBGRAPH_TIMEOUT: 504,
};
const OTHER_FAILURE = 502;

/** @param isAnonymous - who showed no credential is asked for one where another is refused. */
export function statusOfError({ extensions: { code } }: Pick<GraphError, 'extensions'>, isAnonymous: boolean): number {
  if (code === 'UNAUTHORIZED_FIELD_OR_TYPE') return isAnonymous ? 401 : 403;
  return STATUSES[code] ?? OTHER_FAILURE;
}

/** Of a refusal written as data, e.g. a member of `userErrors`. */
export function statusOfRefusal(code: string): number {
  return STATUSES[code] ?? 422;
}
