// setRiskLimits: checked, stored as the next version, told to the engine. Version and ceiling are judged under the lock of
// the account, so of two writers with the same expected version one wins and the other has a conflict.

import type { UserError } from '@mib/service/errors';
import type pg from 'pg';
import type { AccountRow } from '../domain/account.ts';
import type { InstrumentBook } from '../domain/instrument-book.ts';
import type { LimitVersion } from '../domain/intent.ts';
import { parseLimits, type LimitsInput } from '../domain/limits-input.ts';
import { ALL_INSTRUMENTS, NO_TERMS, isWithin, limitsFor, ownInstruments, replaceTerms, type LimitTerms } from '../domain/limits.ts';
import type { LimitsAnnouncement } from '../events.ts';
import { appendLimits, type NewLimits } from '../store/intent-store.ts';
import type { Enforcement } from './enforcement.ts';
import { UNTOLD, refusal, type Actor } from './refusals.ts';

export interface EnforcementServices {
  readonly pool: pg.Pool;
  readonly projection: { readonly instruments: InstrumentBook };
  readonly enforcement: Pick<Enforcement, 'enforce'>;
  readonly now: () => number;
}

export async function setLimits(services: EnforcementServices, account: AccountRow, actor: Actor, input: LimitsInput & { readonly expectedVersion: number }): Promise<readonly UserError[]> {
  const { instruments } = services.projection;
  const parsed = parseLimits(input, instruments);
  if (parsed.kind === 'invalid') return parsed.userErrors;
  let refused: UserError | undefined;
  const stored = await appendLimits(services.pool, account.number, (newest) => {
    refused = refuse(newest, parsed.value, { actor, expectedVersion: input.expectedVersion });
    if (refused) return null;
    const terms = replaceTerms(newest?.terms ?? NO_TERMS, parsed.value);
    const ceiling = actor.mayOverrule ? terms : (newest?.ceiling ?? null);
    const limits: NewLimits = { terms, ceiling, actor: actor.userId, createdAt: new Date(services.now()) };
    return { limits, announcement: announcement(account, (newest?.version ?? 0) + 1, limits, instruments) };
  });
  if (!stored) return refused ? [refused] : [];
  return (await services.enforcement.enforce('limits', account.number)) ? [] : [UNTOLD];
}

function refuse(newest: LimitVersion | null, terms: LimitTerms, { actor, expectedVersion }: { readonly actor: Actor; readonly expectedVersion: number }): UserError | undefined {
  const version = newest?.version ?? 0;
  if (expectedVersion !== version) return refusal('CONFLICT', `expectedVersion must be the newest version ${version}, was ${expectedVersion}`, ['expectedVersion']);
  if (actor.mayOverrule || !newest?.ceiling || isWithin(replaceTerms(newest.terms, terms), newest.ceiling)) return undefined;
  return refusal('FORBIDDEN', 'limits set by an operator may be tightened, not widened', []);
}

function announcement(account: AccountRow, version: number, { terms, actor, createdAt }: NewLimits, instruments: InstrumentBook): LimitsAnnouncement {
  const own = ownInstruments(terms).map((number) => ({ instrumentId: instruments.get(number).id, ...limitsFor(terms, number) }));
  return { accountId: account.id, version, ...limitsFor(terms, ALL_INSTRUMENTS), instruments: own, setBy: actor, at: createdAt.toISOString() };
}
