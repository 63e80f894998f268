// The rules of watchlists.

import { ClientError } from '@mib/service/errors';
import { InvalidValueError } from '@mib/model/invalid-value';

export interface StoredWatchlist {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** In the order of adding. */
  readonly instrumentIds: readonly string[];
}

export const MAX_WATCHLISTS_PER_USER = 50;
export const MAX_ITEMS_PER_WATCHLIST = 200;
export const MAX_NAME_CHARACTERS = 60;

/** Trims the name. @throws {InvalidValueError} when nothing or too much is left, or a control character is in it. */
export function watchlistName(text: string): string {
  const name = text.trim();
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_NAME_CHARACTERS || /\p{Cc}/u.test(name)) throw new InvalidValueError(`name must be 1..${MAX_NAME_CHARACTERS} characters without control characters`, text);
  return name;
}

/** @throws {ClientError} VALIDATION beyond the bound. */
export function checkItemCount(count: number): void {
  if (count > MAX_ITEMS_PER_WATCHLIST) throw new ClientError('VALIDATION', `a watchlist holds at most ${MAX_ITEMS_PER_WATCHLIST} instruments, would hold ${count}`);
}

/** @throws {ClientError} VALIDATION at the bound. */
export function checkListCount(present: number): void {
  if (present >= MAX_WATCHLISTS_PER_USER) throw new ClientError('VALIDATION', `a user has at most ${MAX_WATCHLISTS_PER_USER} watchlists, has ${present}`);
}
