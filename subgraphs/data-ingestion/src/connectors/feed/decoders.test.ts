// Whatever bytes a venue sends, a decoder gives typed events or refuses with a DecodeError: no other error, no event with a
// price that is no number, and no frame that keeps the machine busy for longer than its length warrants.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@mib/testkit/property-runs';
import { decode as decodeBinance, decodeSnapshot, decodeTrades as decodeBinanceTrades } from '../binance/decode.ts';
import { bestFrame, diffFrame, snapshotAnswer, tradeFrame as binanceTrade, tradesAnswer } from '../binance/fake-binance-words.ts';
import { decode as decodeKraken } from '../kraken/decode.ts';
import { barFrame, snapshotFrame, tradeFrame as krakenTrade, viewOf } from '../kraken/fake-kraken-words.ts';
import { decodeTrades as decodeKrakenTrades } from '../kraken/rest-trades.ts';
import { createRandom } from '../../domain/random.ts';
import { isDecimalText } from './decimal-text.ts';
import { FakeMarket, type FakeTrade } from './fake-market.ts';
import { DecodeError, FeedError } from './feed-error.ts';

const RUNS = propertyRuns(1_000);
const TRADE: FakeTrade = { id: 7, price: '45284.1', quantity: '0.10000000', buyerIsMaker: true, timeMs: 1_700_000_000_123 };
const MARKET = new FakeMarket({ random: createRandom(3), priceDecimals: 1, quantityDecimals: 8, levels: 12, midTicks: 452_840, maxChanges: 4 });
/** Keys under which the decoded events carry prices and quantities. */
const DECIMALS = ['price', 'quantity', 'open', 'high', 'low', 'close', 'volume'];

const DECODERS: readonly (readonly [string, (frame: string) => unknown, readonly string[]])[] = [
  ['Binance stream', decodeBinance, [diffFrame('BTCUSDT', MARKET.step(1_700_000_000_000), 1_700_000_000_000), bestFrame('BTCUSDT', MARKET), binanceTrade('BTCUSDT', TRADE), '{"result":null,"id":1}']],
  ['Binance depth', decodeSnapshot, [snapshotAnswer(MARKET, 10)]],
  ['Binance trades', decodeBinanceTrades, [tradesAnswer({ trades: [TRADE] } as unknown as FakeMarket, 0, 10)]],
  ['Kraken stream', decodeKraken, [snapshotFrame('BTC/USD', viewOf(MARKET, 10), 1_700_000_000_000_000), krakenTrade('BTC/USD', [TRADE]), barFrame('BTC/USD', TRADE), '{"method":"pong","req_id":1}']],
  ['Kraken trades', decodeKrakenTrades, ['{"error":[],"result":{"XXBTZUSD":[["30243.40000","0.34507674",1688669597.8277369,"b","m","",61044952]],"last":"1688671969993150842"}}']],
];

describe('the decoders of feeds', () => {
  it.each(DECODERS)('%s takes what its venue says', (_, decode, frames) => {
    for (const frame of frames) expect(() => check(decode(frame))).not.toThrow();
  });

  it.each(DECODERS)('%s refuses damaged frames or reads them right, and fails in no other way', (_, decode, frames) => {
    const damage = fc.record({ frame: fc.constantFrom(...frames), at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(6), put: fc.oneof(fc.constant(''), fc.string({ maxLength: 4 }), fc.constantFrom('null', '-1', '1e9', '{}', '[]', '""', 'NaN', '"__proto__":1,', '\u0000')) });
    fc.assert(fc.property(damage, ({ frame, at, cut, put }) => {
      const index = Math.floor(at * frame.length);
      survives(decode, frame.slice(0, index) + put + frame.slice(index + cut));
    }), { numRuns: RUNS });
  });

  it.each(DECODERS)('%s refuses any other JSON and any bytes', (_, decode) => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString())), (text) => survives(decode, text)), { numRuns: RUNS });
  });

  it.each(DECODERS)('%s refuses what is nested without end', (_, decode) => {
    for (const text of ['['.repeat(1_000_000), '{"a":'.repeat(300_000), `[${'1'.repeat(1_000_000)}`]) expect(() => decode(text)).toThrow(DecodeError);
  });
});

function survives(decode: (frame: string) => unknown, text: string): void {
  try {
    check(decode(text));
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
  }
}

/** Looks at every price, quantity and level that an event carries. */
function check(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(check);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (DECIMALS.includes(key)) ensureDecimal(key, part);
    else if (key === 'bids' || key === 'asks') for (const level of part as unknown[][]) level.slice(0, 2).forEach((figure) => ensureDecimal(key, figure));
    else check(part);
  }
}

/** No `expect`: there are a million figures. */
function ensureDecimal(key: string, figure: unknown): void {
  if (!isDecimalText(figure)) throw new Error(`${key} must be a decimal, was ${JSON.stringify(figure)}`);
}
