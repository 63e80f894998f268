// One CSV record becomes one bar, or a reason why not. Every rule a bar must keep is in this file.

import { compareDecimals, formatDecimal, parseDecimal, type Decimal } from '@mib/model/decimal';
import { intervalStart, type Interval } from '@mib/model/interval';
import { InvalidValueError } from '@mib/model/invalid-value';
import { NS_PER_MS, parseTimestamp } from '@mib/model/timestamp';
import type { BarRow, BarRules, ImportRejectCode } from './bar.ts';
import type { CsvColumns } from './csv-columns.ts';

/** NUMERIC(38,18) holds 20 digits before the point. */
const TOO_MANY_DIGITS = /^-?\d{21}/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MISSING = new Set(['', '.']);

export function readRow(fields: readonly string[], columns: CsvColumns, line: number, rules: BarRules): BarRow {
  const refuse = (code: ImportRejectCode, reason: string): BarRow => ({ kind: 'reject', line, code, reason });
  if (fields.length !== columns.width) return refuse('MALFORMED_ROW', `row must have ${columns.width} fields, had ${fields.length}`);
  const missing = (['time', 'open', 'high', 'low', 'close'] as const).find((name) => MISSING.has(fields[columns[name]]!));
  if (missing) return refuse('MISSING_VALUE', `${missing} is missing`);
  try {
    const openTimeMs = readOpenTime(fields[columns.time]!, rules.interval);
    const [open, high, low, close] = readPrices(fields, columns);
    const volume = readVolume(columns.volume === undefined ? '' : fields[columns.volume]!);
    const lowest = [open, high, low, close].reduce((a, b) => (compareDecimals(b, a) < 0 ? b : a));
    if (!rules.allowNonPositivePrices && lowest.units <= 0n) return refuse('NON_POSITIVE_PRICE', `prices must be above 0, was ${formatDecimal(lowest)}`);
    if (compareDecimals(low, lowest) !== 0) return refuse('INCONSISTENT_RANGE', `low ${formatDecimal(low)} is above ${formatDecimal(lowest)}`);
    const highest = [open, high, low, close].reduce((a, b) => (compareDecimals(b, a) > 0 ? b : a));
    if (compareDecimals(high, highest) !== 0) return refuse('INCONSISTENT_RANGE', `high ${formatDecimal(high)} is below ${formatDecimal(highest)}`);
    return { kind: 'bar', line, bar: { openTimeMs, open: canonical(open), high: canonical(high), low: canonical(low), close: canonical(close), volume: volume && canonical(volume) } };
  } catch (error) {
    if (error instanceof RowError) return refuse(error.code, error.message);
    throw error;
  }
}

/** The spelling every equal value shares: no trailing zeros behind the point, no negative zero. */
export function canonical(value: Decimal): string {
  const text = formatDecimal(value);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

class RowError extends Error {
  readonly code: ImportRejectCode;

  constructor(code: ImportRejectCode, cause: unknown) {
    if (!(cause instanceof InvalidValueError)) throw cause;
    super(cause.message);
    this.code = code;
  }
}

function readOpenTime(text: string, interval: Interval): number {
  try {
    const timeMs = readDate(text) ?? readMilliseconds(text);
    if (intervalStart(interval, timeMs) !== timeMs) throw new InvalidValueError(`time must be the start of an interval ${interval}`, text);
    return timeMs;
  } catch (error) {
    throw new RowError('INVALID_TIME', error);
  }
}

/** Midnight UTC of a date, the common case; undefined for another shape or a day that no calendar has. */
function readDate(text: string): number | undefined {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = date.getUTCFullYear() === Number(year) && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal ? date.getTime() : undefined;
}

function readMilliseconds(text: string): number {
  const timestampNs = parseTimestamp(text);
  if (timestampNs % NS_PER_MS !== 0n) throw new InvalidValueError('time must be whole milliseconds', text);
  return Number(timestampNs / NS_PER_MS);
}

function readPrices(fields: readonly string[], columns: CsvColumns): readonly [Decimal, Decimal, Decimal, Decimal] {
  const price = (name: 'open' | 'high' | 'low' | 'close'): Decimal => readNumber(fields[columns[name]]!, name, 'INVALID_NUMBER');
  if (columns.open === columns.close) {
    const only = price('close');
    return [only, only, only, only];
  }
  return [price('open'), price('high'), price('low'), price('close')];
}

function readVolume(text: string): Decimal | null {
  if (MISSING.has(text)) return null;
  const volume = readNumber(text, 'volume', 'INVALID_VOLUME');
  if (volume.units < 0n) throw new RowError('INVALID_VOLUME', new InvalidValueError('volume must not be negative', text));
  return volume;
}

function readNumber(text: string, name: string, code: ImportRejectCode): Decimal {
  try {
    const value = parseDecimal(text, name);
    if (TOO_MANY_DIGITS.test(text)) throw new InvalidValueError(`${name} must have at most 20 digits before the point`, text);
    return value;
  } catch (error) {
    throw new RowError(code, error);
  }
}
