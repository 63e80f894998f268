import { describe, expect, it } from '@jest/globals';
import { mergeFeeds, parseFeeds, parseFeedsFile } from './feed-settings.ts';

describe('the feeds of the variable', () => {
  it('are one entry a symbol, merged to one feed a venue', () => {
    expect(mergeFeeds(parseFeeds('binance:BTCUSDT, kraken:BTC/USD,binance:ethusdt,,binance:BTCUSDT'))).toEqual([
      { provider: 'binance', symbols: ['BTCUSDT', 'ETHUSDT'], enabled: true },
      { provider: 'kraken', symbols: ['BTC/USD'], enabled: true },
    ]);
    expect(parseFeeds('')).toEqual([]);
  });

  it('may be polled ones, whose text keeps its colons', () => {
    expect(mergeFeeds(parseFeeds('ecb,rss:https://news.example/feed?a=b:c,sec:Ann Example ann@example.com,ecb'))).toEqual([
      { provider: 'ecb', text: '', enabled: true },
      { provider: 'rss', text: 'https://news.example/feed?a=b:c', enabled: true },
      { provider: 'sec', text: 'Ann Example ann@example.com', enabled: true },
    ]);
  });

  it.each([
    ['bitmex:XBT', 'provider must be one of binance kraken coinbase alpaca ecb rss sec, was "bitmex:XBT"'],
    ['binance', 'symbol must be 1..16 characters of A-Z 0-9 / . _ -, was "binance"'],
    ['kraken:BTC USD', 'symbol must be 1..16 characters of A-Z 0-9 / . _ -, was "kraken:BTC USD"'],
    ['ecb:USD', 'ecb takes nothing behind it, was "ecb:USD"'],
    ['rss:news.example', 'rss must be followed by an http: or https: address, was "rss:news.example"'],
    ['sec', 'sec must be followed by whom the SEC may contact, was "sec"'],
    [`binance:${'X'.repeat(200)}`, `was "binance:${'X'.repeat(72)}"`],
  ])('are refused: %s', (text, message) => {
    expect(() => parseFeeds(text)).toThrow(message);
  });

  it('have a bound on the symbols of a venue', () => {
    const many = Array.from({ length: 201 }, (_, index) => `binance:S${index}`).join();
    expect(() => mergeFeeds(parseFeeds(many))).toThrow('symbols of binance must be at most 200, were 201');
  });
});

describe('the feeds of the file', () => {
  it('name addresses and credentials, and the variable adds to them', () => {
    const filed = parseFeedsFile(JSON.stringify({ feeds: [
      { provider: 'kraken', symbols: ['ETH/USD'], urls: { stream: 'ws://127.0.0.1:1234/', rest: 'http://127.0.0.1:1235' } },
      { provider: 'alpaca', symbols: ['AAPL'], credentials: { key: 'k', secret: 's' }, enabled: false },
      { provider: 'ecb', url: 'http://127.0.0.1:9/' },
    ] }));
    expect(mergeFeeds([...filed, ...parseFeeds('kraken:BTC/USD')])).toEqual([
      { provider: 'kraken', symbols: ['ETH/USD', 'BTC/USD'], enabled: true, urls: { stream: 'ws://127.0.0.1:1234', rest: 'http://127.0.0.1:1235' } },
      { provider: 'alpaca', symbols: ['AAPL'], credentials: { key: 'k', secret: 's' }, enabled: false },
      { provider: 'ecb', text: '', enabled: true, url: 'http://127.0.0.1:9' },
    ]);
  });

  it.each([
    ['{', 'must be JSON, 1 characters are not'],
    ['[]', 'the file '],
    ['{"feeds":[{"provider":"nope"}]}', 'feeds.0.provider '],
    ['{"feeds":[{"provider":"kraken","symbols":[]}]}', 'feeds.0.symbols '],
    ['{"feeds":[{"provider":"kraken","symbols":["A"],"urls":{"stream":"https://x"}}]}', 'feeds.0.urls.stream must be a ws: or wss: address'],
    ['{"feeds":[{"provider":"alpaca","symbols":["A"],"credentials":{"key":"very-secret"}}]}', 'feeds.0.credentials.secret '],
  ])('are refused: %s', (text, message) => {
    let said = '';
    try {
      parseFeedsFile(text);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain(message);
    expect(said).not.toContain('very-secret');
  });
});
