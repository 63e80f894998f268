// The venues that live feeds come from, and who they are in the engine. Trades and books of a venue belong to instruments
// of that venue alone.

import { alpacaConnector } from '../connectors/alpaca/alpaca.ts';
import { ALPACA_FIELDS } from '../connectors/alpaca/message-fields.ts';
import { BINANCE } from '../connectors/binance/binance.ts';
import { BINANCE_FIELDS } from '../connectors/binance/message-fields.ts';
import { coinbaseConnector } from '../connectors/coinbase/coinbase.ts';
import { COINBASE_FIELDS } from '../connectors/coinbase/message-fields.ts';
import { KRAKEN } from '../connectors/kraken/kraken.ts';
import { KRAKEN_FIELDS } from '../connectors/kraken/message-fields.ts';
import type { FeedVenue } from './market-feed.ts';
import type { MarketProvider } from './feed-settings.ts';

export const FEED_VENUES: Readonly<Record<MarketProvider, FeedVenue>> = {
  binance: {
    id: 'BINANCE', name: 'Binance', assetClass: 'CRYPTO', accountNumber: 11, keepsBars: false, connector: () => BINANCE, messageFields: BINANCE_FIELDS,
    venue: { id: 'BINANCE', name: 'Binance', timezone: 'UTC', calendar: 'ALWAYS_OPEN', synthetic: false },
  },
  kraken: {
    id: 'KRAKEN', name: 'Kraken', assetClass: 'CRYPTO', accountNumber: 12, keepsBars: false, connector: () => KRAKEN, messageFields: KRAKEN_FIELDS,
    venue: { id: 'KRAKEN', name: 'Kraken', timezone: 'UTC', calendar: 'ALWAYS_OPEN', synthetic: false },
  },
  coinbase: {
    id: 'COINBASE', name: 'Coinbase Exchange', assetClass: 'CRYPTO', accountNumber: 13, keepsBars: false, connector: () => coinbaseConnector, messageFields: COINBASE_FIELDS,
    venue: { id: 'COINBASE', name: 'Coinbase Exchange', timezone: 'UTC', calendar: 'ALWAYS_OPEN', synthetic: false },
  },
  alpaca: {
    id: 'ALPACA', name: 'Alpaca (IEX)', assetClass: 'EQUITY', accountNumber: 14, keepsBars: true, connector: ({ credentials }) => alpacaConnector(credentials), messageFields: ALPACA_FIELDS,
    venue: { id: 'ALPACA', name: 'Alpaca (IEX)', timezone: 'America/New_York', calendar: 'XNYS', synthetic: false },
  },
};
