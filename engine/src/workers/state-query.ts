// The questions that the gateway asks of the core's thread, and their answers. The core waits while one is answered, so
// none may take longer than a few milliseconds: the gateway bounds what is asked of the books, the rest is bounded here.

import { assertNever } from '@mib/model/assert-never';
import { InvalidValueError } from '@mib/model/invalid-value';
import type { AccountSnapshot, BookSnapshot, InstrumentDefinition, QuoteSnapshot } from '@mib/proto/engine-views';
import type { Core } from '../core/core.ts';
import { SlicedStateHash } from '../core/state-hash.ts';
import { viewAccounts, viewBooks, viewInstruments, viewQuotes } from '../core/views.ts';

export type StateQuestion =
  | { readonly kind: 'books'; readonly numbers: readonly number[]; readonly depth: number }
  | { readonly kind: 'quotes'; readonly numbers: readonly number[] }
  | { readonly kind: 'accounts'; readonly numbers: readonly number[] }
  | { readonly kind: 'instruments' }
  | { readonly kind: 'status' }
  | { readonly kind: 'hash-slice'; readonly first: boolean };

export interface StateAnswers {
  readonly books: readonly BookSnapshot[];
  readonly quotes: readonly QuoteSnapshot[];
  readonly accounts: { readonly accounts: readonly AccountSnapshot[]; readonly eventSequence: number };
  readonly instruments: readonly InstrumentDefinition[];
  readonly status: LastSequences;
  /** The hash once the last slice is read; `overtaken` when a command was applied since the first one. */
  readonly 'hash-slice': { readonly overtaken: boolean; readonly hash: string | undefined } & LastSequences;
}

export interface LastSequences {
  readonly lastCommandSequence: number;
  readonly lastEventSequence: number;
}

export type StateQuery = StateQuestion & { readonly id: number };
export type StateReply = { readonly id: number } & ({ readonly answer: StateAnswers[StateQuestion['kind']] } | { readonly refused: string });

/** What one question for the state hash reads: under a millisecond of the core's time. */
const HASH_SLICE_BYTES = 256 * 1024;

export class StateQueries {
  readonly #core: Core;
  #hash: { readonly of: number; readonly sliced: SlicedStateHash } | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  reply({ id, ...question }: StateQuery): StateReply {
    try {
      return { id, answer: this.#answer(question) };
    } catch (error) {
      if (error instanceof InvalidValueError) return { id, refused: error.message };
      throw error;
    }
  }

  #answer(question: StateQuestion): StateAnswers[StateQuestion['kind']] {
    const core = this.#core;
    switch (question.kind) {
      case 'books':
        return viewBooks(core, question.numbers, question.depth);
      case 'quotes':
        return viewQuotes(core, question.numbers);
      case 'accounts':
        return { accounts: viewAccounts(core, question.numbers), eventSequence: core.lastEventSequence };
      case 'instruments':
        return viewInstruments(core);
      case 'status':
        return this.#lastSequences();
      case 'hash-slice':
        return this.#hashSlice(question.first);
      default:
        return assertNever(question);
    }
  }

  #hashSlice(first: boolean): StateAnswers['hash-slice'] {
    if (first) this.#hash = { of: this.#core.lastCommandSequence, sliced: new SlicedStateHash(this.#core) };
    const overtaken = this.#hash?.of !== this.#core.lastCommandSequence;
    const hash = overtaken ? undefined : this.#hash!.sliced.next(HASH_SLICE_BYTES);
    if (overtaken || hash !== undefined) this.#hash = undefined;
    return { overtaken, hash, ...this.#lastSequences() };
  }

  #lastSequences(): LastSequences {
    return { lastCommandSequence: this.#core.lastCommandSequence, lastEventSequence: this.#core.lastEventSequence };
  }
}
