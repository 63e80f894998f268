// What a security is called everywhere: ISIN, FIGI, and the number of its issuer with the SEC. Each has a rule that a
// mistyped one breaks, so what is stored here can be trusted to join with other data.

import { ClientError } from '@mib/service/errors';

export interface Identifiers {
  readonly isin: string | null;
  readonly figi: string | null;
  /** Central Index Key of the issuer, ten digits. */
  readonly cik: string | null;
}

export const UNIDENTIFIED: Identifiers = { isin: null, figi: null, cik: null };

const CIK_DIGITS = 10;

/** @throws {ClientError} VALIDATION naming the identifier and its value. */
export function checkIdentifiers({ isin, figi, cik }: Identifiers): Identifiers {
  const refuse = (field: string, rule: string, value: string): never => {
    throw new ClientError('VALIDATION', `${field} must be ${rule}, was ${JSON.stringify(value.slice(0, 40))}`, { field: ['input', field] });
  };
  if (isin !== null && !isIsin(isin)) refuse('isin', 'an ISIN with its check digit', isin);
  if (figi !== null && !isFigi(figi)) refuse('figi', 'a FIGI with its check digit', figi);
  if (cik !== null && !/^\d{1,10}$/.test(cik)) refuse('cik', 'a Central Index Key of 1..10 digits', cik);
  return { isin, figi, cik: cik && cik.padStart(CIK_DIGITS, '0') };
}

/** ISO 6166: two letters, nine letters or digits, and the Luhn digit over all of them with letters as two digits (A is 10). */
export function isIsin(text: string): boolean {
  if (!/^[A-Z]{2}[A-Z0-9]{9}\d$/.test(text)) return false;
  const digits = [...text].map((character) => parseInt(character, 36)).join('');
  return digitsAdded([...digits].map(Number).toReversed(), 1) % 10 === 0;
}

/** Financial Instrument Global Identifier, OMG: no vowels, G third, and a check digit over values of which every second from the left counts twice. */
export function isFigi(text: string): boolean {
  if (!/^[B-DF-HJ-NP-TV-Z]{2}G[B-DF-HJ-NP-TV-Z0-9]{8}\d$/.test(text) || /^(BS|BM|GG|GB|GH|KY|VG)/.test(text)) return false;
  return digitsAdded([...text].map((character) => parseInt(character, 36)), 1, FIGI_BODY) % 10 === 0;
}

const FIGI_BODY = 11;

/** Adds the decimal digits of the values, every second of which is doubled first, beginning with index `firstDoubled` and up to `end`. */
function digitsAdded(values: readonly number[], firstDoubled: number, end = values.length): number {
  return values.reduce((sum, value, index) => sum + digitSum(index % 2 === firstDoubled && index < end ? value * 2 : value), 0);
}

function digitSum(value: number): number {
  return Math.floor(value / 10) + (value % 10);
}
