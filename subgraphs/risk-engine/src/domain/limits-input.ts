// The door for limits and trading states: every fault of an input with its path, or values of the domain.

import { InvalidValueError } from '@mib/model/invalid-value';
import type { UserError } from '@mib/service/errors';
import type { InstrumentBook } from './instrument-book.ts';
import type { LimitEntry, LimitTerms } from './limits.ts';

export const MAX_POSITION_LOTS = 2 ** 31 - 1;
export const MAX_INSTRUMENT_LIMITS = 100;
export const MAX_REASON_CHARACTERS = 200;
const BASIS_POINTS_PER_PERCENT = 100;
const MAX_COLLAR_PERCENT = 100;

interface EntryInput {
  readonly maxPositionLots?: number | null | undefined;
  readonly priceCollarPercent?: number | null | undefined;
}

export interface LimitsInput extends EntryInput {
  readonly instruments?: readonly (EntryInput & { readonly instrumentId: string })[] | null | undefined;
}

export type Parsed<T> = { readonly kind: 'valid'; readonly value: T } | { readonly kind: 'invalid'; readonly userErrors: readonly UserError[] };

export function parseLimits(input: LimitsInput, instruments: InstrumentBook): Parsed<LimitTerms> {
  const faults: UserError[] = [];
  const named = input.instruments ?? [];
  const entries: Record<number, LimitEntry> = {};
  const check = <T>(path: readonly string[], parse: () => T): T | null => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      faults.push(fault(error.message, path));
      return null;
    }
  };
  const entry = (given: EntryInput, path: readonly string[]): LimitEntry => ({
    maxPositionLots: check([...path, 'maxPositionLots'], () => lots(given.maxPositionLots ?? null)),
    collarBasisPoints: check([...path, 'priceCollarPercent'], () => basisPoints(given.priceCollarPercent ?? null)),
  });
  const account = entry(input, []);
  check(['instruments'], () => atMost(named.length));
  named.slice(0, MAX_INSTRUMENT_LIMITS).forEach((each, index) => {
    const path = ['instruments', String(index)];
    const own = entry(each, path);
    check([...path, 'instrumentId'], () => (entries[numberOf(each.instrumentId, instruments, entries)] = own));
  });
  return faults.length > 0 ? { kind: 'invalid', userErrors: faults } : { kind: 'valid', value: { ...account, instruments: entries } };
}

export function parseReason(reason: string): Parsed<string> {
  const trimmed = reason.trim();
  if (trimmed !== '' && trimmed.length <= MAX_REASON_CHARACTERS && !/\p{C}/u.test(trimmed)) return { kind: 'valid', value: trimmed };
  const { message } = new InvalidValueError(`reason must be 1..${MAX_REASON_CHARACTERS} visible characters`, reason);
  return { kind: 'invalid', userErrors: [fault(message, ['reason'])] };
}

function lots(value: number | null): number | null {
  if (value !== null && (value < 1 || value > MAX_POSITION_LOTS)) throw new InvalidValueError(`maxPositionLots must be 1..${MAX_POSITION_LOTS}`, value);
  return value;
}

function basisPoints(percent: number | null): number | null {
  if (percent === null) return null;
  const points = Math.round(percent * BASIS_POINTS_PER_PERCENT);
  const exact = Math.abs(percent * BASIS_POINTS_PER_PERCENT - points) < 1e-6;
  if (!exact || points < 1 || percent > MAX_COLLAR_PERCENT) throw new InvalidValueError(`priceCollarPercent must be 0.01..${MAX_COLLAR_PERCENT} with at most 2 decimals`, percent);
  return points;
}

function atMost(count: number): void {
  if (count > MAX_INSTRUMENT_LIMITS) throw new InvalidValueError(`instruments must be at most ${MAX_INSTRUMENT_LIMITS}`, count);
}

function numberOf(id: string, instruments: InstrumentBook, taken: Readonly<Record<number, LimitEntry>>): number {
  const instrument = instruments.find(id);
  if (!instrument) throw new InvalidValueError('instrumentId must be an instrument of the engine', id);
  if (taken[instrument.number]) throw new InvalidValueError('instrumentId must be named once', id);
  return instrument.number;
}

function fault(message: string, path: readonly string[]): UserError {
  return { code: 'VALIDATION', message, field: ['input', ...path], retryable: false };
}
