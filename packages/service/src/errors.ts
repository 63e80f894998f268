// The two families of errors an edge may show. A ClientError is safe to show and carries a code of the closed list;
// everything else is an internal error: logged with its cause, shown as INTERNAL and nothing more.

import { InvalidValueError } from '@mib/model/invalid-value';

/** Codes shared by `extensions.code` of GraphQL errors and `UserError.code` in payloads. */
export const CLIENT_ERROR_CODES = [
  'VALIDATION',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CONFLICT',
  'RATE_LIMITED',
  'RISK_DENIED',
  'STALE_DATA',
  'TRADING_HALTED',
  'UNAVAILABLE',
] as const;
export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number];

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** Path of the offending input field, outermost first. */
  readonly field: readonly string[] | undefined;

  constructor(code: ClientErrorCode, message: string, options: { field?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }
}

/** The shape of `UserError` in every subgraph's schema: an expected refusal, as data. */
export interface UserError {
  readonly code: Exclude<ClientErrorCode, 'UNAUTHENTICATED'>;
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly retryable: boolean;
}

const RETRYABLE: ReadonlySet<ClientErrorCode> = new Set(['RATE_LIMITED', 'STALE_DATA', 'UNAVAILABLE']);

/** A value from outside that does not parse is the client's fault; anything unknown stays as it is. */
export function asClientError(error: unknown): ClientError | undefined {
  if (error instanceof ClientError) return error;
  if (error instanceof InvalidValueError) return new ClientError('VALIDATION', error.message, { cause: error });
  return undefined;
}

/**
 * Turns an expected refusal into payload data.
 *
 * @throws the error itself when it is not an expected one, so that bugs stay GraphQL errors.
 */
export function toUserError(error: unknown): UserError {
  const known = asClientError(error);
  if (!known || known.code === 'UNAUTHENTICATED') throw error;
  return { code: known.code, message: known.message, field: known.field ?? null, retryable: RETRYABLE.has(known.code) };
}
