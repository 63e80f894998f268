// The fields of Kraken's messages as they are today, so that a change of them is noticed.
// Rule: Kraken, Spot WebSocket v2, channels book, trade and ohlc.

import type { MessageFields } from '../../domain/quality/schema-drift.ts';

export const KRAKEN_FIELDS: Readonly<Record<string, MessageFields>> = {
  book: { required: ['symbol', 'bids', 'asks', 'checksum'], optional: ['timestamp'] },
  trade: { required: ['symbol', 'side', 'price', 'qty', 'ord_type', 'trade_id', 'timestamp'] },
  ohlc: { required: ['symbol', 'open', 'high', 'low', 'close', 'trades', 'volume', 'vwap', 'interval_begin', 'interval'], optional: ['timestamp'] },
};
