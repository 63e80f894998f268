// Corporate actions of an instrument, and their import. Reading is public.

import { requireScope } from '@mib/service/viewer';
import type { Context } from '../context.ts';
import type { CorporateAction as Action } from '../domain/corporate-action.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { CorporateActionResolvers, MutationResolvers } from '../generated/resolvers-types.ts';
import { importCorporateActions as importActions } from '../import-corporate-actions.ts';
import { checkDate } from './dates.ts';
import { refusal, WRITE_SCOPE } from './refusal.ts';

export const CorporateAction: CorporateActionResolvers = {
  async instrument({ instrumentId }, _, context) {
    const instrument = await context.instrumentById.load(instrumentId);
    if (!instrument) throw new Error(`a corporate action names the unknown instrument ${instrumentId}`);
    return instrument;
  },
  newShares: (action) => (action.kind === 'SPLIT' ? action.newShares : null),
  oldShares: (action) => (action.kind === 'SPLIT' ? action.oldShares : null),
  amount: (action) => (action.kind === 'CASH_DIVIDEND' ? action.amount : null),
  currency: (action) => (action.kind === 'CASH_DIVIDEND' ? action.currency : null),
};

export async function corporateActionsOf({ number }: Instrument, { from, to }: { readonly from?: string | null; readonly to?: string | null }, context: Context): Promise<Action[]> {
  return [...(await context.corporateActionsOf(number, { from: checkDate('from', from), to: checkDate('to', to) }))];
}

export const importCorporateActions: NonNullable<MutationResolvers['importCorporateActions']> = async (_, { input }, context) => {
  requireScope(context.viewer, WRITE_SCOPE);
  try {
    const report = await importActions(context.imports, input.uri);
    return { ...report, rejects: [...report.rejects], userErrors: [] };
  } catch (error) {
    return { totalRows: 0, importedRows: 0, duplicateRows: 0, rejectedRows: 0, rejects: [], userErrors: [refusal(error)] };
  }
};
