// Expected refusals of a mutation as data, and the scope that every mutation here asks for.

import { toUserError, type UserError } from '@mib/service/errors';

export const WRITE_SCOPE = 'market:write';

export type GraphUserError = Omit<UserError, 'field'> & { field: string[] | null };

/** @throws what is not an expected refusal. */
export function refusal(error: unknown): GraphUserError {
  const { field, ...rest } = toUserError(error);
  return { ...rest, field: field && [...field] };
}
