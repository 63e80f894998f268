// Dates as arguments.

import { isCalendarDate } from '@mib/model/timestamp';
import { ClientError } from '@mib/service/errors';

/** @throws {ClientError} VALIDATION for what is no date YYYY-MM-DD; absent stays undefined. */
export function checkDate(field: string, text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (!isCalendarDate(text)) throw new ClientError('VALIDATION', `${field} must be a date such as 2024-07-03, was ${JSON.stringify(text.slice(0, 40))}`, { field: [field] });
  return text;
}
