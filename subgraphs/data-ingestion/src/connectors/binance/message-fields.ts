// The fields of Binance's stream messages as they are today, so that a change of them is noticed.
// Rule: Binance spot, WebSocket streams: diff depth, trade, individual symbol book ticker, kline.

import type { MessageFields } from '../../domain/quality/schema-drift.ts';

export const BINANCE_FIELDS: Readonly<Record<string, MessageFields>> = {
  depthUpdate: { required: ['e', 'E', 's', 'U', 'u', 'b', 'a'] },
  // The order ids b and a are of older versions, M means nothing.
  trade: { required: ['e', 'E', 's', 't', 'p', 'q', 'T', 'm'], optional: ['b', 'a', 'M'] },
  bookTicker: { required: ['u', 's', 'b', 'B', 'a', 'A'] },
  kline: { required: ['e', 'E', 's', 'k'] },
};
