import { describe, expect, it } from '@jest/globals';
import { CASH_SCALE, instrumentId, type Instrument } from './instrument.ts';
import { articleOf, type FeedItem } from './news.ts';
import { parseNewsFeed } from './news-feed.ts';
import { InstrumentMatcher } from './news-matching.ts';

const RSS = `<?xml version="1.0"?><rss version="2.0" xmlns:nasdaq="http://x" xmlns:dc="http://y"><channel><title>Wire &amp; Co</title>
  <item><title><![CDATA[Profit <b>up</b> 5&#37; &amp; more]]></title><link>https://wire.example/1</link><guid isPermaLink="false">g1</guid><pubDate>Fri, 20 Nov 2026 15:45:00 -0500</pubDate><category>SPX</category><nasdaq:tickers>SPY, VIX</nasdaq:tickers></item>
  <item><title>Only a guid</title><guid>https://wire.example/2</guid><dc:date>2026-11-20T10:00:00Z</dc:date></item>
</channel></rss>`;
const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Atomic</title><entry><title type="html">Oil &amp;amp; gas</title>
  <link rel="self" href="https://a.example/self"/><link href="https://a.example/1?a=1&amp;b=2"/><id>urn:1</id><updated>2026-11-20T10:00:00Z</updated><published>2026-11-19T10:00:00+01:00</published><category term="WTI"/></entry></feed>`;

describe('a feed', () => {
  it('of RSS 2.0 is read, CDATA, entities and tickers included', () => {
    expect(parseNewsFeed(RSS)).toEqual({
      title: 'Wire & Co',
      items: [
        { guid: 'g1', url: 'https://wire.example/1', headline: 'Profit up 5% & more', published: 'Fri, 20 Nov 2026 15:45:00 -0500', terms: ['SPX', 'SPY', 'VIX'] },
        { guid: 'https://wire.example/2', url: 'https://wire.example/2', headline: 'Only a guid', published: '2026-11-20T10:00:00Z', terms: [] },
      ],
    });
  });

  it('of Atom is read', () => {
    expect(parseNewsFeed(ATOM)).toEqual({ title: 'Atomic', items: [{ guid: 'urn:1', url: 'https://a.example/1?a=1&b=2', headline: 'Oil & gas', published: '2026-11-19T10:00:00+01:00', terms: ['WTI'] }] });
  });

  it('expands no entity that it defines itself', () => {
    const bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><title>x</title><item><title>&b;</title></item></channel></rss>';
    expect(parseNewsFeed(bomb).items[0]!.headline).toBe('&b;');
    expect(() => parseNewsFeed(bomb.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/passwd"'))).toThrow('External entities are not supported');
  });

  it.each([
    ['', /XML|neither/],
    ['not xml', /neither|well-formed/],
    ['<html><body/></html>', /it has neither rss\/channel nor feed/],
    ['<rss><channel><item></channel></rss>', /well-formed XML/],
  ])('is refused: %j', (xml, message) => {
    expect(() => parseNewsFeed(xml)).toThrow(message);
  });
});

describe('an article', () => {
  const item: FeedItem = { guid: 'g', url: 'https://a.example/1', headline: 'H', published: 'Fri, 20 Nov 2026 15:45:00 -0500', terms: [] };
  const article = (change: Partial<FeedItem>) => articleOf({ ...item, ...change }, { source: 'Wire', synthetic: false });

  it('has the same id whenever it comes, by guid before URL', () => {
    expect(article({})).toMatchObject({ id: expect.stringMatching(/^news_[0-9a-f]{32}$/), publishedAt: new Date('2026-11-20T20:45:00Z') });
    expect(article({ url: 'https://a.example/moved', headline: 'Other' })!.id).toBe(article({})!.id);
    expect(article({ guid: undefined })!.id).not.toBe(article({})!.id);
  });

  it.each<readonly [string, Partial<FeedItem>]>([
    ['a headline', { headline: undefined }],
    ['a URL', { url: undefined }],
    ['a web address', { url: 'javascript:alert(1)' }],
    ['a time', { published: undefined }],
    ['a time that is one', { published: 'yesterday Z' }],
    ['a time zone', { published: '2026-11-20 10:00' }],
  ])('is none without %s', (_, change) => {
    expect(article(change)).toBeUndefined();
  });
});

describe('the instruments of an article', () => {
  const named = (symbol: string, name: string | null, venueId = 'XSIM'): Instrument => ({
    id: instrumentId(symbol, venueId), number: 1, symbol, venueId, name, assetClass: 'INDEX', currency: 'USD', tickSize: '0.01', lotSize: '1', cashScale: CASH_SCALE, minNotional: null, tradable: true, isin: null, figi: null, cik: null,
  });
  const matcher = new InstrumentMatcher([named('SPX', 'S&P 500'), named('SPX', null, 'XTST'), named('WTI', 'WTI crude oil, Cushing spot, per barrel'), named('UP', 'Up')]);

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing to see', [], []],
    ['a category', ['spx'], ['SPX.XSIM', 'SPX.XTST']],
    ['an id', ['SPX.XTST'], ['SPX.XTST']],
    ['a ticker with a dollar', ['$WTI'], ['WTI.XSIM']],
    ['$WTI falls', [], ['WTI.XSIM']],
    ['$WTIX falls', [], []],
    ['The s&p 500, again', [], ['SPX.XSIM']],
    ['S&P 5000', [], []],
    ['WTI crude oil rises', [], ['WTI.XSIM']],
    ['UP and away: WTI', [], []],
    ['both, once: $SPX and S&P 500', ['SPX'], ['SPX.XSIM', 'SPX.XTST']],
  ])('%s %j', (headline, terms, ids) => {
    expect(matcher.match({ guid: undefined, url: undefined, published: undefined, headline, terms }).map(({ id }) => id)).toEqual(ids);
  });
});
