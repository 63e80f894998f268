// One instrument under its other names and at its other venues. Reading is public.

import { ClientError } from '@mib/service/errors';
import { requireScope } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import type { Instrument } from '../domain/instrument.ts';
import { assetKey, namedBy } from '../domain/symbol-mapping.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/resolvers-types.ts';
import { addAlias, aliasOwner } from '../store/symbol-aliases.ts';
import { refusal, WRITE_SCOPE } from './refusal.ts';

/** Venues of one thing that are shown. */
const MAX_LISTINGS = 100;
const NAME = /^[A-Za-z0-9][A-Za-z0-9/._:-]{0,39}$/;

export async function listingsOf(instrument: Instrument, context: Context): Promise<Instrument[]> {
  const key = assetKey(instrument);
  if (key === null) return [];
  return ((await context.instrumentsByAsset()).get(key) ?? []).filter(({ number }) => number !== instrument.number).slice(0, MAX_LISTINGS);
}

/** By a name that was given, else by the venue's own spelling. */
export const resolveSymbol: NonNullable<QueryResolvers['resolveSymbol']> = async (_, { source, symbol }, context) => {
  checkName('source', source);
  checkName('symbol', symbol);
  const owner = await aliasOwner(context.pool, { source, symbol });
  const all = await context.instruments.all();
  if (owner !== undefined) return all.find(({ number }) => number === owner) ?? null;
  const found = namedBy(symbol, all.filter(({ venueId }) => venueId === source.toUpperCase()));
  return found.length === 1 ? found[0]! : null;
};

export const addSymbolAlias: NonNullable<MutationResolvers['addSymbolAlias']> = async (_, { input }, context) => {
  requireScope(context.viewer, WRITE_SCOPE);
  try {
    const { source, symbol, instrumentId } = input;
    checkName('source', source);
    checkName('symbol', symbol);
    const instrument = await context.instrumentById.load(instrumentId);
    if (!instrument) throw new ClientError('NOT_FOUND', `there is no instrument ${JSON.stringify(instrumentId)}`, { field: ['input', 'instrumentId'] });
    const owner = await addAlias(context.pool, { source, symbol }, instrument.number);
    if (owner !== instrument.number) throw new ClientError('CONFLICT', `${source} calls another instrument ${JSON.stringify(symbol)}`, { field: ['input', 'symbol'] });
    return { instrument, userErrors: [] };
  } catch (error) {
    return { instrument: null, userErrors: [refusal(error)] };
  }
};

function checkName(field: string, name: string): void {
  if (!NAME.test(name)) throw new ClientError('VALIDATION', `${field} must be 1..40 characters of A-Z a-z 0-9 / . _ : -, was ${JSON.stringify(name.slice(0, 60))}`, { field: [field] });
}
