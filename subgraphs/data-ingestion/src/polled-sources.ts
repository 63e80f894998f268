// The sources that are asked now and then, out of the operator's settings: what each needs of the store and the clock.

import type pg from 'pg';
import type { Logger } from '@mib/service/logger';
import { SYSTEM_CLOCK } from './connectors/clock.ts';
import { ECB_SOURCE, ECB_URL, startEcb } from './connectors/ecb/ecb-source.ts';
import { newsFeedSource, startNewsFeed } from './connectors/news-feed/news-source.ts';
import type { PolledOptions } from './connectors/polling/polled-document.ts';
import { RequestPace } from './connectors/sec/request-pace.ts';
import { SEC_APART_MS, SEC_SOURCE, SEC_URL, startSec } from './connectors/sec/sec-source.ts';
import type { SourceDefinition } from './data-sources.ts';
import type { SourceHealth } from './domain/source-health.ts';
import type { PolledFeedSettings } from './feeds/feed-settings.ts';
import { storeFeed } from './import-news.ts';
import { fetchState, saveFetchState } from './store/fetch-states.ts';
import { storeFacts, storeFilings } from './store/filings.ts';
import { newestRateDay, storeRates } from './store/fx-rates.ts';
import type { InstrumentStore } from './store/instruments.ts';

export interface PolledDependencies {
  readonly pool: pg.Pool;
  readonly instruments: InstrumentStore;
  readonly logger: Logger;
}

const USER_AGENT = 'MarketIntelBrain/0.1';

export function polledSource({ provider, text, url, enabled }: PolledFeedSettings, dependencies: PolledDependencies): SourceDefinition {
  const { pool, instruments, logger } = dependencies;
  const options = (address: string, health: SourceHealth, userAgent = USER_AGENT): PolledOptions => ({
    url: address, userAgent, health, logger, clock: SYSTEM_CLOCK, random: Math.random,
    states: { get: (document) => fetchState(pool, document), save: (document, validators) => saveFetchState(pool, document, validators) },
  });
  switch (provider) {
    case 'ecb':
      return {
        identity: ECB_SOURCE, enabledByDefault: enabled,
        start: (health) => startEcb({ ...options(url ?? ECB_URL, health), rates: { store: (rates) => storeRates(pool, rates), newestDay: () => newestRateDay(pool) } }),
      };
    case 'rss':
      return {
        identity: newsFeedSource(text), enabledByDefault: enabled,
        start: (health) => startNewsFeed({ ...options(text, health), store: (xml) => storeFeed({ pool, instruments }, xml, false) }),
      };
    case 'sec':
      return {
        identity: SEC_SOURCE, enabledByDefault: enabled,
        start: (health) => startSec({
          ...options(url ?? SEC_URL, health, `${USER_AGENT} ${text}`), pace: new RequestPace(SYSTEM_CLOCK, SEC_APART_MS), ciks: () => instruments.ciks(),
          filings: { store: (filings) => storeFilings(pool, filings), storeFacts: (facts) => storeFacts(pool, facts) },
        }),
      };
  }
}
