// The questions that the gateway asks of the core's thread, and their answers.

import { assertNever } from '@mib/model/assert-never';
import type { AccountSnapshot, BookSnapshot, InstrumentDefinition, QuoteSnapshot } from '@mib/proto/engine-views';
import { stateHash } from '../core/state-hash.ts';
import type { State } from '../core/state.ts';
import { viewAccounts, viewBooks, viewInstruments, viewQuotes } from '../core/views.ts';

export type StateQuestion =
  | { readonly kind: 'books'; readonly numbers: readonly number[]; readonly depth: number }
  | { readonly kind: 'quotes'; readonly numbers: readonly number[] }
  | { readonly kind: 'accounts'; readonly numbers: readonly number[] }
  | { readonly kind: 'instruments' }
  | { readonly kind: 'status'; readonly stateHash: boolean };

export interface StateAnswers {
  readonly books: readonly BookSnapshot[];
  readonly quotes: readonly QuoteSnapshot[];
  readonly accounts: { readonly accounts: readonly AccountSnapshot[]; readonly eventSequence: number };
  readonly instruments: readonly InstrumentDefinition[];
  readonly status: { readonly lastCommandSequence: number; readonly lastEventSequence: number; readonly stateHash: string };
}

export type StateQuery = StateQuestion & { readonly id: number };

export function answerQuery(state: State, question: StateQuestion): StateAnswers[StateQuestion['kind']] {
  switch (question.kind) {
    case 'books':
      return viewBooks(state, question.numbers, question.depth);
    case 'quotes':
      return viewQuotes(state, question.numbers);
    case 'accounts':
      return { accounts: viewAccounts(state, question.numbers), eventSequence: state.lastEventSequence };
    case 'instruments':
      return viewInstruments(state);
    case 'status':
      return {
        lastCommandSequence: state.lastCommandSequence,
        lastEventSequence: state.lastEventSequence,
        stateHash: question.stateHash ? stateHash(state) : '',
      };
    default:
      return assertNever(question);
  }
}
