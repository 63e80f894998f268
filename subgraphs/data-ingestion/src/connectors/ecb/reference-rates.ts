// Reads the euro foreign exchange reference rates of the European Central Bank, eurofxref-*.xml: a Cube of days, each a Cube
// with `time`, each of these a Cube a currency with `rate`, units of the currency for one euro. All since 1999 are 8 MB, and a
// parser of any XML holds the process for seconds over it: this reads the one grammar there is, token by token, and nothing
// else. Entities and document types are not part of it.
//
//   <gesmes:Envelope …><Cube><Cube time="2024-06-28"><Cube currency="USD" rate="1.0705"/>…</Cube>…</Cube></gesmes:Envelope>

import { setImmediate } from 'node:timers/promises';
import { parseDecimal } from '@mib/model/decimal';
import { InvalidValueError } from '@mib/model/invalid-value';
import { isCalendarDate } from '@mib/model/timestamp';
import { canonical } from '../../domain/csv-row.ts';

export interface ReferenceRate {
  /** ISO 4217. */
  readonly currency: string;
  /** YYYY-MM-DD, in Frankfurt. */
  readonly day: string;
  /** Canonical decimal text. */
  readonly perEuro: string;
}

export interface ReferenceRates {
  readonly rates: readonly ReferenceRate[];
  /** Rates that cannot be read; those that say N/A are none. */
  readonly rejected: number;
}

/** More than twice what has been published since 1999, some 7,000 days of up to 41 currencies. */
export const MAX_RATES = 600_000;

/** What comes before the rates: a declaration, the envelope, who sends it. */
const BEGINNING = /^\ufeff?\s*(?:<\?xml[^>]*\?>)?\s*<(?:[\w-]+:)?Envelope\b[^>]*>(?:(?!<!)[^]){0,2000}?(?=<Cube\s*>)/;
/** A Cube that opens, closes or stands alone, or a comment; white space belongs to what follows it. */
const TOKEN = /\s*(?:<Cube((?:\s+[\w:]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*(\/?)>|(<\/Cube\s*>)|<!--(?:(?!-->)[^]){0,2000}-->)/y;
const END = /\s*<\/(?:[\w-]+:)?Envelope\s*>\s*$/y;
const ATTRIBUTE = /([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** The Cube of all days, a day, a currency. */
const DAY_DEPTH = 2;

/**
 * Reads a whole document in steps, other work in between.
 *
 * @throws {InvalidValueError} for what is not such a document, holds no rate at all or more than MAX_RATES.
 */
export async function parseReferenceRates(xml: string): Promise<ReferenceRates> {
  const rates: ReferenceRate[] = [];
  let rejected = 0;
  let days = 0;
  for (const day of readDays(xml)) {
    for (const rate of day.rates) rates.push(rate);
    rejected += day.rejected;
    if (rates.length > MAX_RATES) throw new InvalidValueError(`rates must be at most ${MAX_RATES}`, rates.length);
    if ((days += 1) % DAYS_OF_ONE_STEP === 0) await setImmediate();
  }
  if (rates.length === 0) throw new InvalidValueError('document must hold reference rates', xml);
  return { rates, rejected };
}

/** Some milliseconds of work. */
const DAYS_OF_ONE_STEP = 50;

/** Each day as soon as it is read; what is wrong with the document shows where it is reached. */
function* readDays(xml: string): Generator<ReferenceRates> {
  const beginning = BEGINNING.exec(xml);
  if (!beginning) throw new InvalidValueError('document must hold reference rates', xml);
  let day = '';
  let rates: ReferenceRate[] = [];
  let rejected = 0;
  let depth = 0;
  // A sticky pattern keeps its place; another document may be read while this one waits.
  const tokens = new RegExp(TOKEN);
  tokens.lastIndex = beginning[0].length;
  for (let at = tokens.lastIndex; depth > 0 || at === beginning[0].length; at = tokens.lastIndex) {
    const token = tokens.exec(xml);
    if (!token) throw new InvalidValueError(`document must go on with a Cube at character ${at}`, xml.slice(at));
    const [, attributes, alone, closing] = token;
    if (closing !== undefined) {
      depth -= 1;
      if (depth === 1) yield { rates, rejected };
    }
    if (attributes === undefined) continue;
    const { time, currency, rate } = readAttributes(attributes);
    if (depth === 1) [day, rates, rejected] = [time !== undefined && isCalendarDate(time) ? time : '', [], 0];
    if (depth === DAY_DEPTH && rate !== 'N/A') {
      const found = readRate(day, currency, rate);
      if (found) rates.push(found);
      else rejected += 1;
    }
    if (alone === '') depth += 1;
    if (depth > DAY_DEPTH + 1) throw new InvalidValueError(`document must nest ${DAY_DEPTH + 1} Cubes`, xml.slice(at));
  }
  END.lastIndex = tokens.lastIndex;
  if (!END.test(xml)) throw new InvalidValueError('document must end with its envelope', xml.slice(tokens.lastIndex));
}

function readAttributes(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => [name, double ?? single]));
}

function readRate(day: string, currency: string | undefined, rate: string | undefined): ReferenceRate | undefined {
  if (currency === undefined || rate === undefined || !/^[A-Z]{3}$/.test(currency) || day === '') return undefined;
  try {
    const value = parseDecimal(rate);
    return value.units > 0n ? { currency, day, perEuro: canonical(value) } : undefined;
  } catch {
    return undefined;
  }
}
