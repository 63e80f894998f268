// Says which security an instrument is.

import { ClientError } from '@mib/service/errors';
import { requireScope } from '@mib/service/viewer';
import { checkIdentifiers } from '../domain/identifiers.ts';
import type { MutationResolvers } from '../generated/resolvers-types.ts';
import { refusal, WRITE_SCOPE } from './refusal.ts';

export const identifyInstrument: NonNullable<MutationResolvers['identifyInstrument']> = async (_, { input }, context) => {
  requireScope(context.viewer, WRITE_SCOPE);
  try {
    const { id, isin = null, figi = null, cik = null } = input;
    const instrument = await context.instruments.identify(id, checkIdentifiers({ isin, figi, cik }));
    if (!instrument) throw new ClientError('NOT_FOUND', `there is no instrument ${JSON.stringify(id)}`, { field: ['input', 'id'] });
    return { instrument, userErrors: [] };
  } catch (error) {
    return { instrument: null, userErrors: [refusal(error)] };
  }
};
