// Finds the columns of a CSV file of bars by their names, whatever order and case the publisher chose.

import { ClientError } from '@mib/service/errors';

export interface CsvColumns {
  /** Fields a row must have. */
  readonly width: number;
  readonly time: number;
  /** Four indexes; a series of one price has the same one four times. */
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | undefined;
}

const TIME_NAMES = ['date', 'time', 'datetime', 'timestamp'];
const SINGLE_PRICE_NAMES = ['price', 'close', 'value'];
const VOLUME_NAMES = ['volume', 'vol'];
const MAX_SHOWN_CHARACTERS = 120;

/** @throws {ClientError} VALIDATION for a header without a time and prices, or with two columns for one thing. */
export function findColumns(header: readonly string[]): CsvColumns {
  const names = header.map((name) => name.trim().toLowerCase());
  const time = exactlyOne(names, TIME_NAMES);
  const volume = atMostOne(names, VOLUME_NAMES);
  const shared = { width: names.length, time, volume };
  if (['open', 'high', 'low'].some((name) => names.includes(name))) {
    return { ...shared, open: exactlyOne(names, ['open']), high: exactlyOne(names, ['high']), low: exactlyOne(names, ['low']), close: exactlyOne(names, ['close']) };
  }
  const price = exactlyOne(names, SINGLE_PRICE_NAMES);
  return { ...shared, open: price, high: price, low: price, close: price };
}

function exactlyOne(names: readonly string[], wanted: readonly string[]): number {
  const index = atMostOne(names, wanted);
  if (index === undefined) throw new ClientError('VALIDATION', `header must have a column ${wanted.join(' or ')}, was ${shown(names)}`, { field: ['input', 'uri'] });
  return index;
}

function atMostOne(names: readonly string[], wanted: readonly string[]): number | undefined {
  const found = names.flatMap((name, index) => (wanted.includes(name) ? [index] : []));
  if (found.length > 1) throw new ClientError('VALIDATION', `header must have one column ${wanted.join(' or ')}, was ${shown(names)}`, { field: ['input', 'uri'] });
  return found[0];
}

function shown(names: readonly string[]): string {
  const text = JSON.stringify(names.join(','));
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
