// An import that runs in the background: what was asked for and how far it is. Everything here is as of its last step,
// which is stored together with what the step has taken.

import { parseDay, type CivilDay } from '@mib/model/calendar/civil-day';
import type { Interval } from '@mib/model/interval';
import { ClientError } from '@mib/service/errors';
import type { ImportReject } from './bar.ts';

export type FileFormat = 'CSV_OHLCV' | 'LOBSTER' | 'ITCH_50';
export type FileImportState = 'CHECKING' | 'RUNNING' | 'COMPLETED' | 'FAILED';

export interface FileImportRequest {
  readonly format: FileFormat;
  readonly uri: string;
  readonly orderBookUri: string | null;
  /** What rows are taken for; empty while a file of many stocks has not been read yet and all of them are wanted. */
  readonly instrumentIds: readonly string[];
  readonly venueId: string;
  readonly interval: Interval;
  /** Trading day; null for bars, which have dates of their own. */
  readonly day: CivilDay | null;
}

/** What one step has done with its rows. */
export interface StepCounts {
  readonly totalRows: number;
  readonly importedRows: number;
  readonly duplicateRows: number;
  readonly rejectedRows: number;
  readonly skippedRows: number;
  readonly ticks: number;
  readonly rejects: readonly ImportReject[];
}

/** `totalRows` is where the next step begins. */
export interface FileImport extends StepCounts {
  readonly id: string;
  readonly request: FileImportRequest;
  readonly state: FileImportState;
  readonly sha256: string | null;
  readonly totalBytes: number;
  readonly readBytes: number;
  readonly error: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export function isFinished({ state }: Pick<FileImport, 'state'>): boolean {
  return state === 'COMPLETED' || state === 'FAILED';
}

/** AAPL_2012-06-21_34200000_57600000_message_10.csv, as LOBSTER names its files. */
const LOBSTER_NAME = /_(\d{4})-(\d{2})-(\d{2})_/;
/** 01302019.NASDAQ_ITCH50.gz and S081321-v50.txt.gz, as NASDAQ names its samples. */
const ITCH_NAMES = [/(?:^|[/:])(?<month>\d{2})(?<day>\d{2})(?<year>\d{4})\./, /(?:^|[/:])S(?<month>\d{2})(?<day>\d{2})(?<year>\d{2})-/];

/**
 * The trading day of a file: as given, else as its name says.
 *
 * @throws {ClientError} VALIDATION where neither names a day.
 */
export function tradingDayOf(uri: string, date: string | null): CivilDay {
  const text = date ?? dateInName(uri);
  if (text === undefined) throw new ClientError('VALIDATION', `date must be given: ${JSON.stringify(uri)} is not named for a day`, { field: ['input', 'date'] });
  return parseDay(text);
}

function dateInName(uri: string): string | undefined {
  const [, year, month, day] = LOBSTER_NAME.exec(uri) ?? [];
  if (day !== undefined) return `${year}-${month}-${day}`;
  for (const pattern of ITCH_NAMES) {
    const groups = pattern.exec(uri)?.groups;
    if (groups) return `${groups['year']!.padStart(4, '20')}-${groups['month']}-${groups['day']}`;
  }
  return undefined;
}
