// Words for what went wrong, in the order of how well we know it.

import { GraphQLRequestError, NetworkError } from '@mib/sdk/errors';

interface Refusal {
  readonly code: string;
  readonly message: string;
}

export function describeError(error: unknown): string {
  if (error instanceof GraphQLRequestError) return error.errors.map(({ message }) => message).join('; ');
  if (error instanceof NetworkError) return `No connection to the graph (${error.status ?? 'unreachable'})`;
  return error instanceof Error ? error.message : String(error);
}

export function describeRefusals(errors: readonly Refusal[]): string {
  return errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
}

/** Local wall clock, seconds. */
export function timeOfDay(rfc3339: string): string {
  return new Date(rfc3339).toLocaleTimeString([], { hour12: false });
}
