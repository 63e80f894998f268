// What arrives too long, too slow or torn: the specification's status and a typed error, or a connection that ends.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRaw } from '../test-support/raw-http.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';

const BODY = JSON.stringify({ query: '{ me { name } }' });
const post = (headers: string): string => `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n`;

describe('requests as bytes', () => {
  let shop: Shop;
  let router: TestRouter;
  beforeAll(async () => {
    shop = await startShop();
    router = await startTestRouter(shop.all, { MAX_BODY_BYTES: '1000' }, { http: { headersTimeoutMs: 300, requestTimeoutMs: 600, keepAliveMs: 100 } });
  });
  afterAll(async () => {
    await router[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'BAD_REQUEST'],
    ['headers without end', `GET /graphql HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(17_000)}`, 431, 'HEADERS_TOO_LARGE'],
    ['two lengths', post('content-length: 1\r\ncontent-length: 2\r\n'), 400, 'BAD_REQUEST'],
    ['a length and chunks', post('content-length: 1\r\ntransfer-encoding: chunked\r\n'), 400, 'BAD_REQUEST'],
    ['headers that come too slowly', 'GET /graphql HTTP/1.1\r\nhost: x\r\n', 408, 'REQUEST_TIMEOUT'],
    ['a body that comes too slowly', `${post('content-length: 100\r\n')}{`, 408, 'REQUEST_TIMEOUT'],
    ['a torn chunk', `${post('transfer-encoding: chunked\r\n')}zzz\r\n`, 400, 'BAD_REQUEST'],
  ])('answers %s and ends the connection', async (_title, text, status, code) => {
    const client = openRaw(router.url);
    client.send(text);
    const answer = await client.closed;
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*connection: close[^]*"code":"${code}"`, 'i'));
  });

  it.each([
    ['a target that is too long', `GET /graphql?query=${'x'.repeat(9_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 414, 'URI_TOO_LONG'],
    ['a target that is none', 'GET http://other/graphql HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a body that says it is too long, before it comes', post('content-length: 5000\r\n'), 413, 'PAYLOAD_TOO_LARGE'],
    ['a body that turns out too long, before its end', `${post('transfer-encoding: chunked\r\n')}7d0\r\n${'x'.repeat(2_000)}\r\n`, 413, 'PAYLOAD_TOO_LARGE'],
    ['a body that is compressed', post('content-encoding: gzip\r\ncontent-length: 1\r\n'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body in another charset', post('content-length: 1\r\n').replace('json', 'json; charset=utf-16'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a query string that is no UTF-8', 'GET /graphql?query=%ff HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two queries', 'GET /graphql?query=%7Bme%7Bid%7D%7D&query=%7Bme%7Bname%7D%7D HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'BAD_REQUEST'],
  ])('answers %s', async (_title, text, status, code) => {
    const client = openRaw(router.url);
    client.send(text);
    expect(await client.until(/"code":/)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"code":"${code}"`, 'i'));
    client.socket.destroy();
  });

  it('does not ask for a body that it will refuse, and asks for one that it will read', async () => {
    const [refused, read] = [openRaw(router.url), openRaw(router.url)];
    refused.send(post('expect: 100-continue\r\ncontent-length: 5000\r\n'));
    expect(await refused.until(/"code":/)).toMatch(/^HTTP\/1.1 413 /);
    read.send(post(`expect: 100-continue\r\ncontent-length: ${BODY.length}\r\n`));
    await read.until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
    read.send(BODY);
    expect(await read.until(/Ada/)).toMatch(/HTTP\/1.1 200 /);
    refused.socket.destroy();
  });

  it('keeps a connection for the next request, and ends it when none comes', async () => {
    const client = openRaw(router.url);
    const request = `${post(`content-length: ${BODY.length}\r\n`)}${BODY}`;
    client.send(request);
    await client.until(/Ada/);
    client.send(request);
    const received = await client.closed;
    expect(received.match(/Ada/g)).toHaveLength(2);
  });
});
