// Numbers of the contract's codes, by name, for the code that writes records.

import { CANCEL_REASONS, COMMAND_STATUSES, REJECT_CODES, codeOf } from '@mib/proto/engine-codes';

export const CODE = numbersOf(REJECT_CODES);
export const STATUS = numbersOf(COMMAND_STATUSES);
export const REASON = numbersOf(CANCEL_REASONS);

function numbersOf<T extends string>(list: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(list.map((name) => [name, codeOf(list, name)])) as Record<T, number>;
}
