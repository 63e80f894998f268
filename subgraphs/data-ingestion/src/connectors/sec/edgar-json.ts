// Reads what EDGAR answers: submissions/CIK##########.json, a company's filings as parallel arrays, the older ones in further
// files of the same columns; and api/xbrl/companyfacts/CIK##########.json, its facts by taxonomy, concept and unit.
// Values of facts are numbers in JSON and may have more digits than a float: they are taken as the text that was sent.

import { z } from 'zod';
import { InvalidValueError } from '@mib/model/invalid-value';
import { isCalendarDate } from '@mib/model/timestamp';
import type { CompanyFact, Filing } from '../../domain/filing.ts';

export interface Submissions {
  readonly name: string;
  readonly tickers: readonly string[];
  readonly filings: readonly Filing[];
  /** File names of the older ones. */
  readonly olderFiles: readonly string[];
  /** Filings that cannot be read. */
  readonly rejected: number;
}

export interface CompanyFacts {
  readonly facts: readonly CompanyFact[];
  readonly rejected: number;
}

/** More than any filer has; the busiest have some 60,000 filings and 150,000 facts. */
export const MAX_FILINGS = 200_000;
export const MAX_FACTS = 1_000_000;

const column = z.array(z.unknown());
const columns = z.looseObject({ accessionNumber: column, filingDate: column, form: column, reportDate: column.optional(), acceptanceDateTime: column.optional(), primaryDocument: column.optional(), primaryDocDescription: column.optional() });
type Columns = z.infer<typeof columns>;
const submissions = z.looseObject({
  name: z.string(), tickers: z.array(z.string()).default([]),
  filings: z.looseObject({ recent: columns, files: z.array(z.looseObject({ name: z.string().regex(/^[\w-]+\.json$/) })).default([]) }),
});
const companyFacts = z.looseObject({ facts: z.record(z.string(), z.record(z.string(), z.looseObject({ units: z.record(z.string(), z.array(z.unknown())) }))) });
const date = z.string().refine(isCalendarDate);
const fact = z.looseObject({
  start: date.optional(), end: date, val: z.string().regex(/^-?\d{1,28}(\.\d{1,10})?$/), accn: z.string().regex(/^\d{10}-\d{2}-\d{6}$/),
  fy: z.number().int().nullish(), fp: z.string().max(8).nullish(), form: z.string().max(20), filed: date,
});

/** @throws {InvalidValueError} for what is not such an answer. */
export function parseSubmissions(cik: string, text: string): Submissions {
  const { name, tickers, filings } = parse(submissions, text, 'submissions');
  return { name, tickers, ...readFilings(cik, filings.recent), olderFiles: filings.files.map((file) => file.name) };
}

/** One of the further files. @throws {InvalidValueError} */
export function parseOlderFilings(cik: string, text: string): Pick<Submissions, 'filings' | 'rejected'> {
  return readFilings(cik, parse(columns, text, 'older submissions'));
}

/** @throws {InvalidValueError} */
export function parseCompanyFacts(cik: string, text: string): CompanyFacts {
  const { facts: taxonomies } = parse(companyFacts, quoteValues(text), 'company facts');
  const facts: CompanyFact[] = [];
  let rejected = 0;
  for (const [taxonomy, concepts] of Object.entries(taxonomies)) {
    for (const [concept, { units }] of Object.entries(concepts)) {
      for (const [unit, list] of Object.entries(units)) {
        for (const each of list) {
          const found = readFact({ cik, taxonomy, concept, unit }, each);
          if (found) facts.push(found);
          else rejected += 1;
        }
      }
    }
    if (facts.length > MAX_FACTS) throw new InvalidValueError(`facts must be at most ${MAX_FACTS}`, facts.length);
  }
  return { facts, rejected };
}

/** Makes texts of the numbers behind "val". Inside a JSON string its quote would have a backslash before it, so only keys are found. */
function quoteValues(text: string): string {
  return text.replace(/([{,]\s*"val"\s*:\s*)(-?\d+(?:\.\d+)?)(?=\s*[,}])/g, '$1"$2"');
}

function readFact(place: Pick<CompanyFact, 'cik' | 'taxonomy' | 'concept' | 'unit'>, given: unknown): CompanyFact | undefined {
  const parsed = fact.safeParse(given);
  if (!parsed.success) return undefined;
  const { start = null, end, val, accn, fy = null, fp = null, form, filed } = parsed.data;
  return { ...place, periodStart: start, periodEnd: end, value: val, accession: accn, fiscalYear: fy, fiscalPeriod: fp, form, filed };
}

function readFilings(cik: string, given: Columns): Pick<Submissions, 'filings' | 'rejected'> {
  const count = given.accessionNumber.length;
  if (count > MAX_FILINGS) throw new InvalidValueError(`filings must be at most ${MAX_FILINGS}`, count);
  if (given.filingDate.length !== count || given.form.length !== count) throw new InvalidValueError('columns of filings must be of one length', `${count} ${given.filingDate.length} ${given.form.length}`);
  const filings = given.accessionNumber.flatMap((_, index) => readFiling(cik, given, index) ?? []);
  return { filings, rejected: count - filings.length };
}

function readFiling(cik: string, given: Columns, index: number): Filing | undefined {
  const accession = textOf(given.accessionNumber, index);
  const filed = textOf(given.filingDate, index);
  const form = textOf(given.form, index);
  const acceptedAt = new Date(textOf(given.acceptanceDateTime, index) ?? NaN);
  const reportDate = textOf(given.reportDate, index);
  if (!accession || !/^\d{10}-\d{2}-\d{6}$/.test(accession) || !filed || !isCalendarDate(filed) || !form) return undefined;
  return {
    cik, accession, form, filed,
    acceptedAt: Number.isNaN(acceptedAt.getTime()) ? null : acceptedAt,
    reportDate: reportDate && isCalendarDate(reportDate) ? reportDate : null,
    primaryDocument: textOf(given.primaryDocument, index) ?? null, description: textOf(given.primaryDocDescription, index) ?? null,
  };
}

/** Undefined for what is no text or empty, which is how EDGAR says that there is nothing. */
function textOf(values: readonly unknown[] | undefined, index: number): string | undefined {
  const value = values?.[index];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parse<S extends z.ZodType>(schema: S, text: string, name: string): z.infer<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InvalidValueError(`${name} must be JSON`, text.slice(0, 80));
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InvalidValueError(`${name}: ${issue.path.join('.') || 'the answer'} ${issue.message}`, text.slice(0, 80));
}
