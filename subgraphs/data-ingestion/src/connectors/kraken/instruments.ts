// Kraken's trading rules, from the instrument channel: only it uses the symbols of the other channels (REST says XBT).
// Rule: Kraken, Spot WebSocket v2, channel instrument: price_increment, qty_increment, qty_min, cost_min, status.

import type { FeedUrls, VenueInstrument } from '../feed/contract.ts';
import { isDecimalText } from '../feed/decimal-text.ts';
import { asArray, asFields, decimalOf, textOf, type Fields } from '../feed/fields.ts';
import { parseLossless } from '../feed/lossless-json.ts';
import { oneAnswer } from '../feed/one-answer.ts';

const TIMEOUT_MS = 20_000;
const QUESTION = JSON.stringify({ method: 'subscribe', params: { channel: 'instrument', snapshot: true }, req_id: 1 });

/** @throws {FeedError} when the venue does not answer. */
export async function readInstruments(symbols: readonly string[], urls: FeedUrls): Promise<readonly VenueInstrument[]> {
  const wanted = new Set(symbols);
  const pairs = await oneAnswer({ url: urls.stream, question: QUESTION, read: pairsOf, timeoutMs: TIMEOUT_MS });
  return pairs.filter((pair) => wanted.has(String(pair['symbol']))).map(decodeInstrument);
}

function pairsOf(frame: string): Fields[] | undefined {
  const message = asFields(parseLossless(frame), 'a message');
  if (message['channel'] !== 'instrument' || message['type'] !== 'snapshot') return undefined;
  return asArray(asFields(message['data'], 'data')['pairs'], 'pairs').map((pair) => asFields(pair, 'a pair'));
}

function decodeInstrument(pair: Fields): VenueInstrument {
  return {
    symbol: textOf(pair, 'symbol'),
    base: textOf(pair, 'base'),
    quote: textOf(pair, 'quote'),
    tickSize: decimalOf(pair, 'price_increment'),
    lotSize: decimalOf(pair, 'qty_increment'),
    minQuantity: isDecimalText(pair['qty_min']) ? pair['qty_min'] : null,
    minNotional: isDecimalText(pair['cost_min']) ? pair['cost_min'] : null,
    trading: textOf(pair, 'status') === 'online',
  };
}
