// Follows the reference rates of the European Central Bank. They come about 16:00 in Frankfurt on working days; the last
// ninety days are asked for every half hour, all since 1999 only when what is stored ends before these begin.

import type { SourceIdentity } from '../../domain/source-health.ts';
import { fetchInto, type PolledOptions } from '../polling/polled-document.ts';
import { startPoller } from '../polling/poller.ts';
import type { RunningSource } from '../../data-sources.ts';
import { parseReferenceRates, type ReferenceRate } from './reference-rates.ts';

export const ECB_SOURCE: SourceIdentity = { id: 'ecb', provider: 'European Central Bank', kind: 'REFERENCE_RATES', synthetic: false, continuous: false };
export const ECB_URL = 'https://www.ecb.europa.eu/stats/eurofxref';

const HISTORY_FILE = 'eurofxref-hist.xml';
const RECENT_FILE = 'eurofxref-hist-90d.xml';
/** A little less than what the recent file covers. */
const RECENT_DAYS = 80;
/** Three times what all since 1999 have. */
const MAX_BYTES = 24 * 1024 ** 2;
const INTERVAL_MS = 1_800_000;
const MS_PER_DAY = 86_400_000;

export interface EcbOptions extends PolledOptions {
  readonly rates: {
    /** @returns how many were new or different. */
    store(rates: readonly ReferenceRate[]): Promise<number>;
    newestDay(): Promise<string | undefined>;
  };
}

export function startEcb(options: EcbOptions): RunningSource {
  return startPoller({ ...options, intervalMs: INTERVAL_MS, poll: (signal) => pollEcb(options, signal) });
}

export async function pollEcb(options: EcbOptions, signal: AbortSignal): Promise<void> {
  const { url, rates, health, clock, logger } = options;
  const newest = await rates.newestDay();
  const isRecent = newest !== undefined && clock.now() - Date.parse(`${newest}T00:00:00Z`) < RECENT_DAYS * MS_PER_DAY;
  // The whole history is taken as it is: a validator kept from another database's time would leave it out.
  await fetchInto(options, { url: `${url}/${isRecent ? RECENT_FILE : HISTORY_FILE}`, accept: 'application/xml, text/xml', maxBytes: MAX_BYTES, conditional: isRecent, signal }, async (text) => {
    const document = await parseReferenceRates(text);
    const changed = await rates.store(document.rates);
    health.received(document.rates.length, document.rejected);
    if (changed > 0) logger.info({ source: health.id, changed, rejected: document.rejected }, 'reference rates stored');
  });
}
