// Follows the filings of every instrument whose issuer is known by its CIK. EDGAR's rules of fair access: at most ten
// requests a second, and a User-Agent that names whom to contact. A company's facts are fetched when it has filed anew.

import type { RunningSource } from '../../data-sources.ts';
import type { CompanyFact, Filing } from '../../domain/filing.ts';
import { FieldWatch } from '../../domain/quality/schema-drift.ts';
import type { SourceIdentity } from '../../domain/source-health.ts';
import { fetchInto, type PolledOptions } from '../polling/polled-document.ts';
import { startPoller } from '../polling/poller.ts';
import { parseCompanyFacts, parseOlderFilings, parseSubmissions } from './edgar-json.ts';
import type { RequestPace } from './request-pace.ts';

export const SEC_SOURCE: SourceIdentity = { id: 'sec', provider: 'SEC EDGAR', kind: 'FILINGS', synthetic: false, continuous: false };
export const SEC_URL = 'https://data.sec.gov';
/** Eight a second where ten are allowed. */
export const SEC_APART_MS = 125;
/** Instruments of one installation; at the pace above a round of them takes some minutes. */
const MAX_COMPANIES = 2_000;

export interface SecOptions extends PolledOptions {
  readonly pace: RequestPace;
  /** Of all instruments, each once. */
  readonly ciks: () => Promise<readonly string[]>;
  readonly filings: {
    /** @returns how many were new. */
    store(filings: readonly Filing[]): Promise<number>;
    storeFacts(facts: readonly CompanyFact[]): Promise<number>;
  };
}

const INTERVAL_MS = 600_000;
/** The facts of the largest companies have some 10 MB. */
const MAX_BYTES = 64 * 1024 ** 2;
const JSON_TYPE = 'application/json';
const FIELDS = {
  submissions: {
    required: ['accessionNumber', 'filingDate', 'reportDate', 'acceptanceDateTime', 'form', 'primaryDocument'],
    optional: ['act', 'fileNumber', 'filmNumber', 'items', 'core_type', 'size', 'isXBRL', 'isInlineXBRL', 'primaryDocDescription'],
  },
};

export function startSec(options: SecOptions): RunningSource {
  const { health, logger } = options;
  const fields = new FieldWatch(FIELDS, (drift) => {
    health.drifted();
    logger.warn({ source: health.id, ...drift }, 'the messages of a source have changed');
  });
  return startPoller({ ...options, intervalMs: INTERVAL_MS, poll: (signal) => pollSec(options, signal, fields) });
}

/** One round over all companies; what was stored before a fault stays, and the next round goes on from there. */
export async function pollSec(options: SecOptions, signal: AbortSignal, fields: FieldWatch = new FieldWatch({}, () => undefined)): Promise<void> {
  for (const cik of (await options.ciks()).slice(0, MAX_COMPANIES)) await pollCompany(options, cik, signal, fields);
}

/** Older filings and facts belong to what was fetched: only when all is stored does the list of filings count as had. */
async function pollCompany(options: SecOptions, cik: string, signal: AbortSignal, fields: FieldWatch): Promise<void> {
  const { url, pace, filings, health } = options;
  await pace.turn(signal);
  const polled = await fetchInto(options, { url: `${url}/submissions/CIK${cik}.json`, accept: JSON_TYPE, maxBytes: MAX_BYTES, conditional: true, signal, absent: [404] }, async (text) => {
    const found = parseSubmissions(cik, text);
    fields.see('submissions', (JSON.parse(text) as { filings: { recent: object } }).filings.recent);
    health.received(found.filings.length, found.rejected);
    await filings.store(found.filings);
    for (const name of found.olderFiles) await pollOlder(options, cik, name, signal);
    await pollFacts(options, cik, signal);
  });
  if (polled === 'ABSENT') health.failed(`the SEC knows no company ${cik}`);
}

/** The older files never change: each is fetched until it has been stored once. */
async function pollOlder(options: SecOptions, cik: string, name: string, signal: AbortSignal): Promise<void> {
  const { url, pace, filings, health, states } = options;
  const address = `${url}/submissions/${name}`;
  if (await states.get(address)) return;
  await pace.turn(signal);
  await fetchInto(options, { url: address, accept: JSON_TYPE, maxBytes: MAX_BYTES, conditional: false, signal }, async (text) => {
    const found = parseOlderFilings(cik, text);
    await filings.store(found.filings);
    health.received(found.filings.length, found.rejected);
  });
}

/** A company that reports no facts, a fund for example, answers 404. */
async function pollFacts(options: SecOptions, cik: string, signal: AbortSignal): Promise<void> {
  const { url, pace, filings, health, logger } = options;
  await pace.turn(signal);
  await fetchInto(options, { url: `${url}/api/xbrl/companyfacts/CIK${cik}.json`, accept: JSON_TYPE, maxBytes: MAX_BYTES, conditional: true, signal, absent: [404] }, async (text) => {
    const { facts, rejected } = parseCompanyFacts(cik, text);
    const stored = await filings.storeFacts(facts);
    health.received(facts.length, rejected);
    if (stored > 0) logger.info({ source: health.id, cik, stored, rejected }, 'facts stored');
  });
}
