// Limits of an account as one versioned document, and the commands that make the engine enforce it.
//
// The engine keeps an entry per account (instrument 0: all) and per account and instrument, and forgets none; so an
// instrument that loses its own limits stays in the document and follows the account's from then on.

import type { EngineCommand } from '@mib/proto/engine-client';

export interface Limits {
  readonly maxPositionLots: number;
  readonly collarBasisPoints: number;
}

/** Null follows the level above: the instrument the account, the account the engine's default. */
export interface LimitEntry {
  readonly maxPositionLots: number | null;
  readonly collarBasisPoints: number | null;
}

/** `instruments`: by engine number, those without limits of their own (any more) hold two nulls. */
export interface LimitTerms extends LimitEntry {
  readonly instruments: Readonly<Record<number, LimitEntry>>;
}

/** What the engine enforces where nobody set anything (engine/src/core/capacities.ts, held to it by test/). */
export const ENGINE_DEFAULTS: Limits = { maxPositionLots: 1_000_000, collarBasisPoints: 2_000 };
export const NO_TERMS: LimitTerms = { maxPositionLots: null, collarBasisPoints: null, instruments: {} };
export const ALL_INSTRUMENTS = 0;

/** What holds for an instrument, or for all that have nothing of their own. */
export function limitsFor(terms: LimitTerms, instrumentNumber: number): Limits {
  const own = terms.instruments[instrumentNumber];
  return {
    maxPositionLots: own?.maxPositionLots ?? terms.maxPositionLots ?? ENGINE_DEFAULTS.maxPositionLots,
    collarBasisPoints: own?.collarBasisPoints ?? terms.collarBasisPoints ?? ENGINE_DEFAULTS.collarBasisPoints,
  };
}

/** Numbers of the instruments that have limits of their own. */
export function ownInstruments({ instruments }: LimitTerms): number[] {
  return numbersOf(instruments).filter((number) => instruments[number]!.maxPositionLots !== null || instruments[number]!.collarBasisPoints !== null);
}

/** The new terms with what the engine remembers of the old ones. */
export function replaceTerms(before: LimitTerms, after: LimitTerms): LimitTerms {
  const released = Object.fromEntries(numbersOf(before.instruments).map((number) => [number, { maxPositionLots: null, collarBasisPoints: null }]));
  return { ...after, instruments: { ...released, ...after.instruments } };
}

/** True when nothing is wider than `ceiling` anywhere. */
export function isWithin(terms: LimitTerms, ceiling: LimitTerms): boolean {
  const numbers = [ALL_INSTRUMENTS, ...numbersOf(terms.instruments), ...numbersOf(ceiling.instruments)];
  return numbers.every((number) => {
    const [asked, allowed] = [limitsFor(terms, number), limitsFor(ceiling, number)];
    return asked.maxPositionLots <= allowed.maxPositionLots && asked.collarBasisPoints <= allowed.collarBasisPoints;
  });
}

/** Entries of the engine for these terms, account first. */
export function engineEntries(terms: LimitTerms): (Limits & { readonly instrumentNumber: number })[] {
  return [ALL_INSTRUMENTS, ...numbersOf(terms.instruments)].map((instrumentNumber) => ({ instrumentNumber, ...limitsFor(terms, instrumentNumber) }));
}

export function limitCommands(accountNumber: number, terms: LimitTerms): EngineCommand[] {
  return engineEntries(terms).map((entry) => ({ kind: 'SetRiskLimits', accountNumber, ...entry }));
}

function numbersOf(instruments: Readonly<Record<number, LimitEntry>>): number[] {
  return Object.keys(instruments).map(Number);
}
