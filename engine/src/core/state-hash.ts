// One hash over the whole state, for comparing a recovered engine with a replay. The tables themselves are hashed, as
// far as they are used: equal command sequences leave equal bytes, free places included.

import { createHash } from 'node:crypto';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { ACCOUNT_WORDS, CASH_NUMBERS } from './accounts.ts';
import { LEVEL_WORDS } from './books.ts';
import { MAX_CURRENCIES } from './capacities.ts';
import { usedEntryWords } from './idempotency.ts';
import { POSITION_NUMBERS } from './margin.ts';
import { ORDER_WORDS } from './order-arena.ts';
import type { PairIndex } from './pair-index.ts';
import type { State } from './state.ts';

const HEX_DIGITS = 16;

export function stateHash(state: State): string {
  const hash = createHash('sha256');
  for (const section of stateSections(state)) hash.update(new Uint8Array(section.buffer, section.byteOffset, section.byteLength));
  return hash.digest('hex').slice(0, HEX_DIGITS);
}

/** The used parts of every table, in a fixed order: also what a snapshot has to hold. */
export function stateSections(state: State): readonly (Int32Array | Float64Array | Uint8Array)[] {
  const { accounts, books, currencies, idempotency, instruments, limits, positions } = state;
  return [
    counters(state),
    pairsOf(accounts.index),
    accounts.words.subarray(0, accounts.index.count * ACCOUNT_WORDS),
    accounts.cash.subarray(0, accounts.index.count * MAX_CURRENCIES * CASH_NUMBERS),
    pairsOf(currencies.index),
    currencies.scales,
    pairsOf(instruments.index),
    instruments.views.bytes.subarray(0, instruments.index.count * RECORD_BYTES),
    pairsOf(positions.index),
    positions.numbers.subarray(0, positions.index.count * POSITION_NUMBERS),
    positions.nextOfAccount.subarray(0, positions.index.count),
    pairsOf(limits.index),
    limits.words.subarray(0, 2 * limits.index.count),
    books.orders.words.subarray(0, books.orders.highWater * ORDER_WORDS),
    books.levelWords.subarray(0, books.levelHighWater * LEVEL_WORDS),
    books.levelQuantities.subarray(0, books.levelHighWater),
    ...books.sides.flatMap((side) => [side.keys.subarray(0, side.count), side.levels.subarray(0, side.count)]),
    idempotency.entries.subarray(0, usedEntryWords(idempotency)),
  ];
}

function counters(state: State): Float64Array {
  const { accounts, books, idempotency } = state;
  return Float64Array.of(
    state.lastCommandSequence,
    state.lastEventSequence,
    accounts.globalTradingState,
    accounts.index.count,
    state.instruments.index.count,
    books.orders.count,
    books.orders.freeHead,
    books.levelCount,
    books.levelFreeHead,
    idempotency.remembered,
    ...books.sides.map((side) => side.count),
  );
}

function pairsOf(index: PairIndex): Int32Array {
  return index.pairs.subarray(0, 2 * index.count);
}
