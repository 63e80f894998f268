// All resolvers of this subgraph, by type.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { CorporateAction } from './corporate-actions.ts';
import { FileImport } from './file-imports.ts';
import { Filing } from './filings.ts';
import { Mutation } from './mutation.ts';
import { NewsArticle } from './news.ts';
import { Query } from './query.ts';
import { Subscription } from './subscription.ts';
import { DataSource, Instrument } from './types.ts';
import { TradingSession, Venue } from './venue.ts';

export const resolvers: Resolvers = { Query, Mutation, Subscription, Instrument, Venue, DataSource, NewsArticle, CorporateAction, TradingSession, FileImport, Filing };
