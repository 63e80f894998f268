// The two ways in which a call fails: the graph answered with errors, or no answer came. Refusals that a schema expects
// (userErrors, LoginFailed, OrderDenied) are results, not errors.

import type { ResultError } from './operation.ts';

/** The graph refused or failed. `codes` are the `extensions.code` of its errors, for example FORBIDDEN. */
export class GraphQLRequestError extends Error {
  override readonly name = 'GraphQLRequestError';
  readonly operation: string;
  readonly errors: readonly ResultError[];
  /** What could be answered nevertheless; a field whose error is in `errors` is null. */
  readonly data: unknown;

  constructor(operation: string, errors: readonly ResultError[], data: unknown = null) {
    super(`${operation}: ${errors.map(describe).join('; ')}`);
    this.operation = operation;
    this.errors = errors;
    this.data = data;
  }

  get codes(): readonly string[] {
    return this.errors.flatMap(({ extensions }) => (typeof extensions?.['code'] === 'string' ? [extensions['code']] : []));
  }
}

/** No answer that is GraphQL: connection refused or lost, time-out, a proxy's page. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly operation: string;
  /** HTTP status, when there was one. */
  readonly status: number | undefined;
  /** WebSocket close code, when there was one. */
  readonly closeCode: number | undefined;

  constructor(operation: string, message: string, details: { readonly status?: number; readonly closeCode?: number; readonly cause?: unknown } = {}) {
    super(`${operation}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.operation = operation;
    this.status = details.status;
    this.closeCode = details.closeCode;
  }
}

/** The credential was not taken: what renewing it may cure. */
export function isUnauthenticated(error: unknown): boolean {
  if (error instanceof GraphQLRequestError) return error.codes.some((code) => code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED');
  // graphql-transport-ws: 4403 Forbidden answers a credential that does not hold, or no longer.
  return error instanceof NetworkError && (error.status === 401 || error.closeCode === 4401 || error.closeCode === 4403);
}

function describe({ message, path, extensions }: ResultError): string {
  const code = typeof extensions?.['code'] === 'string' ? `${extensions['code']} ` : '';
  return `${code}${message}${path ? ` (at ${path.join('.')})` : ''}`;
}
