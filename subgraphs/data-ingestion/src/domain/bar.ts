// A bar of history and what can be wrong with a row that claims to be one. Prices are canonical decimal text: the
// source's digits without trailing zeros, never a binary float.

import type { Interval } from '@mib/model/interval';

export interface Bar {
  /** Epoch milliseconds, the start of an interval. */
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Null where the source has none. */
  readonly volume: string | null;
}

export const IMPORT_REJECT_CODES = [
  'MALFORMED_ROW',
  'MISSING_VALUE',
  'INVALID_TIME',
  'INVALID_NUMBER',
  'NON_POSITIVE_PRICE',
  'INVALID_VOLUME',
  'INCONSISTENT_RANGE',
  'UNKNOWN_INSTRUMENT',
  'INVALID_VALUE',
  'CONFLICT',
  'UNKNOWN_TYPE',
  'UNKNOWN_ORDER',
  'OUT_OF_ORDER',
  'BOOK_MISMATCH',
] as const;
export type ImportRejectCode = (typeof IMPORT_REJECT_CODES)[number];

/** `line` counts from 1, the header included. */
export interface ImportReject {
  readonly line: number;
  readonly code: ImportRejectCode;
  readonly reason: string;
}

export type BarRow = { readonly kind: 'bar'; readonly line: number; readonly bar: Bar } | ({ readonly kind: 'reject' } & ImportReject);

export interface BarRules {
  readonly interval: Interval;
  /** Commodities have traded below zero: WTI at -36.98 on 2020-04-20. Nothing else may. */
  readonly allowNonPositivePrices: boolean;
}
