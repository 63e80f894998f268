// Reads the euro foreign exchange reference rates of the European Central Bank, eurofxref-*.xml: a Cube of days, each a Cube
// with `time`, each of these a Cube a currency with `rate`, units of the currency for one euro. The parser expands no entity
// that the document defines.
//
//   <gesmes:Envelope …><Cube><Cube time="2024-06-28"><Cube currency="USD" rate="1.0705"/>…</Cube>…</Cube></gesmes:Envelope>

import { XMLParser } from 'fast-xml-parser';
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

type XmlNode = Readonly<Record<string, unknown>>;

/** @throws {InvalidValueError} for what is not such a document, holds no day at all or more than MAX_RATES. */
export function parseReferenceRates(xml: string): ReferenceRates {
  const days = daysOf(xml);
  const rates: ReferenceRate[] = [];
  let rejected = 0;
  for (const node of days) {
    const day = node['@time'];
    for (const each of listOf(node['Cube'])) {
      if (each['@rate'] === 'N/A') continue;
      const rate = typeof day === 'string' ? readRate(day, each) : undefined;
      if (rate) rates.push(rate);
      else rejected += 1;
    }
    if (rates.length > MAX_RATES) throw new InvalidValueError(`rates must be at most ${MAX_RATES}`, rates.length);
  }
  if (rates.length === 0) throw new InvalidValueError('document must hold reference rates', xml.slice(0, 80));
  return { rates, rejected };
}

function daysOf(xml: string): readonly XmlNode[] {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', processEntities: false, parseAttributeValue: false, parseTagValue: false, removeNSPrefix: true, ignoreDeclaration: true, isArray: (name) => name === 'Cube' });
  let document: unknown;
  try {
    document = parser.parse(xml, true);
  } catch (error) {
    throw new InvalidValueError(`document must be well-formed XML (${error instanceof Error ? error.message : String(error)})`, xml.slice(0, 80));
  }
  const [root] = listOf(nodeOf(nodeOf(document)?.['Envelope'])?.['Cube']);
  return listOf(root?.['Cube']);
}

function readRate(day: string, { '@currency': currency, '@rate': rate }: XmlNode): ReferenceRate | undefined {
  if (typeof currency !== 'string' || typeof rate !== 'string' || !/^[A-Z]{3}$/.test(currency) || !isCalendarDate(day)) return undefined;
  try {
    const value = parseDecimal(rate);
    return value.units > 0n ? { currency, day, perEuro: canonical(value) } : undefined;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): XmlNode[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map(nodeOf).filter((each) => each !== undefined);
}

function nodeOf(value: unknown): XmlNode | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as XmlNode) : undefined;
}
