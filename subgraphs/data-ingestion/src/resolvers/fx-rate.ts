// Rates between currencies, by the reference rates of the European Central Bank. Public.

import { ClientError } from '@mib/service/errors';
import { crossRate, daysBetween } from '../domain/fx-rate.ts';
import type { QueryResolvers } from '../generated/resolvers-types.ts';
import { fixingOf } from '../store/fx-rates.ts';
import { checkDate } from './dates.ts';

/** Longer ago is no rate for a day any more; the longest pause of the bank, over Easter, lasts five days. */
const MAX_AGE_DAYS = 36_500;

export const fxRate: NonNullable<QueryResolvers['fxRate']> = async (_, { base, quote, asOf, maxAgeDays }, context) => {
  for (const [field, currency] of [['base', base], ['quote', quote]] as const) {
    if (!/^[A-Z]{3}$/.test(currency)) throw new ClientError('VALIDATION', `${field} must be an ISO 4217 code, was ${JSON.stringify(currency.slice(0, 40))}`, { field: [field] });
  }
  const longest = maxAgeDays ?? 0;
  if (!(longest >= 0 && longest <= MAX_AGE_DAYS)) throw new ClientError('VALIDATION', `maxAgeDays must be 0..${MAX_AGE_DAYS}, was ${longest}`, { field: ['maxAgeDays'] });
  const wanted = checkDate('asOf', asOf) ?? new Date(context.now()).toISOString().slice(0, 10);
  const fixing = await fixingOf(context.pool, base, quote, wanted);
  if (!fixing) return null;
  const ageDays = daysBetween(fixing.day, wanted);
  return ageDays > longest ? null : { base, quote, rate: crossRate(fixing), asOf: fixing.day, ageDays };
};
