// Filings with the SEC and the facts in them. A fact is known from the day it was filed, whatever period it speaks of; the
// same period is reported again by later filings, sometimes otherwise.

export interface Filing {
  /** Ten digits. */
  readonly cik: string;
  /** 0000320193-20-000096 */
  readonly accession: string;
  /** 10-K, 8-K, 4, … */
  readonly form: string;
  /** YYYY-MM-DD: the day it counts as filed. */
  readonly filed: string;
  readonly acceptedAt: Date | null;
  /** YYYY-MM-DD: the end of the period it reports on. */
  readonly reportDate: string | null;
  /** File name. */
  readonly primaryDocument: string | null;
  readonly description: string | null;
}

export interface CompanyFact {
  readonly cik: string;
  /** us-gaap, ifrs-full, dei, … */
  readonly taxonomy: string;
  readonly concept: string;
  /** USD, shares, USD/shares, … */
  readonly unit: string;
  /** YYYY-MM-DD; null for a fact of one day. */
  readonly periodStart: string | null;
  readonly periodEnd: string;
  /** Decimal text as filed. */
  readonly value: string;
  readonly accession: string;
  readonly fiscalYear: number | null;
  readonly fiscalPeriod: string | null;
  readonly form: string;
  readonly filed: string;
}

const ARCHIVES = 'https://www.sec.gov/Archives/edgar/data';

/** Where people read it. */
export function filingUrl({ cik, accession, primaryDocument }: Filing): string {
  const folder = `${ARCHIVES}/${Number(cik)}/${accession.replaceAll('-', '')}`;
  return primaryDocument ? `${folder}/${primaryDocument}` : `${folder}/${accession}-index.htm`;
}

/** What a short answer shows of a company, where nobody asks for others. */
export const USUAL_CONCEPTS = [
  'Revenues', 'RevenueFromContractWithCustomerExcludingAssessedTax', 'SalesRevenueNet', 'GrossProfit', 'OperatingIncomeLoss', 'NetIncomeLoss', 'EarningsPerShareBasic', 'EarningsPerShareDiluted',
  'Assets', 'Liabilities', 'StockholdersEquity', 'CashAndCashEquivalentsAtCarryingValue', 'NetCashProvidedByUsedInOperatingActivities', 'EntityCommonStockSharesOutstanding',
] as const;
