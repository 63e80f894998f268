// Nonsense through every door: HTTP, GraphQL, WebSocket, gRPC, files, the environment. Each time a typed refusal that names
// the offending value, and the platform goes on.

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { connectEngine, type EngineCommand } from '@mib/proto/engine-client';
import { EngineClient as GrpcEngine } from '@mib/proto/generated/mib/engine/v1/engine';
import { startEngine, type EngineProcess } from '@mib/testkit/engine-process';
import { graphql } from '@mib/testkit/graphql';
import { REPOSITORY } from '@mib/testkit/repository';
import { WebSocket } from 'ws';
import { operatorToken, placeOrder, registerTrader, type Trader } from '../people.ts';
import { sharedPlatform } from '../shared-platform.ts';

let url: string;
let trader: Trader;

beforeAll(async () => {
  url = sharedPlatform().url;
  trader = await registerTrader(url);
});

describe('the HTTP door', () => {
  const json = 'application/json';
  it.each([
    ['no JSON', { body: '{', type: json }, 400, 'BAD_REQUEST'],
    ['a list', { body: '[]', type: json }, 400, 'BAD_REQUEST'],
    ['no query', { body: '{}', type: json }, 400, 'BAD_REQUEST'],
    ['a form', { body: 'query={a}', type: 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a syntax error', { body: '{"query":"{"}', type: json }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { body: '{"query":"{ nonsense }"}', type: json }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable of the wrong type', { body: '{"query":"query ($n: Int) { instruments(first: $n) { pageInfo { hasNextPage } } }","variables":{"n":"ten"}}', type: json }, 400, 'BAD_USER_INPUT'],
    ['too many tokens', { body: JSON.stringify({ query: `{ ${'a '.repeat(20_000)}}` }), type: json }, 400, 'MAX_TOKENS_EXCEEDED'],
    ['too much depth', { body: JSON.stringify({ query: `{ instrument(symbol: "SPX") ${'{ venue '.repeat(40)}{ id }${' }'.repeat(40)} }` }), type: json }, 400, 'MAX_DEPTH_EXCEEDED'],
    ['too large a body', { body: `{"query":"${'#'.repeat(4_000_000)}"}`, type: json }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s', async (_name, sent, status, code) => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': sent.type, accept: 'application/graphql-response+json' }, body: sent.body });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect([response.status, errors[0]?.extensions.code]).toEqual([status, code]);
  });
});

describe('the GraphQL door', () => {
  it.each([
    ['quantity', { quantity: '0' }, '"0"'],
    ['quantity', { quantity: '1.5' }, '"1.5"'],
    ['quantity', { quantity: '1e3' }, '"1e3"'],
    ['quantity', { quantity: '-1' }, '"-1"'],
    ['limitPrice', { limitPrice: '100.001' }, '"100.001"'],
    ['limitPrice', { limitPrice: '-5' }, '"-5"'],
    ['limitPrice', { limitPrice: undefined }, 'undefined'],
    ['clientOrderId', { clientOrderId: 'has space' }, 'has space'],
    ['clientOrderId', { clientOrderId: 'x'.repeat(37) }, 'xxxx'],
    ['instrumentId', { instrumentId: 'NOPE.XSIM' }, 'NOPE.XSIM'],
  ])('answers an order with a bad %s %j as data that names it', async (field, change, shown) => {
    const answer = await placeOrder(url, trader, { instrumentId: 'SPX.XSIM', side: 'BUY', quantity: '1', limitPrice: '100.00', ...change } as Parameters<typeof placeOrder>[2]);
    expect(answer.__typename).toBe('InvalidInput');
    expect(answer.userErrors[0].field.at(-1)).toBe(field);
    if (shown !== 'undefined') expect(answer.userErrors[0].message).toContain(shown);
  });

  it.each([
    ['a page of 501', '{ instruments(first: 501) { pageInfo { hasNextPage } } }', '501'],
    ['a page of -1', '{ instruments(first: -1) { pageInfo { hasNextPage } } }', '-1'],
    ['a foreign cursor', '{ instruments(after: "nonsense") { pageInfo { hasNextPage } } }', 'nonsense'],
    ['a book of depth 0', '{ orderBook(instrumentId: "SPX.XSIM", depth: 0) { sequence } }', '0'],
    ['an RSI of period 1', '{ instrument(symbol: "SPX") { indicator(spec: { kind: RSI, period: 1 }, interval: D1) { ready } } }', '1'],
    ['a time that no calendar has', '{ instrument(symbol: "SPX") { candles(interval: D1, to: "2023-02-30T00:00:00Z") { pageInfo { hasNextPage } } } }', '2023-02-30'],
  ])('refuses %s', async (_name, query, shown) => {
    const { errors } = await graphql(url, { query });
    expect(errors?.[0]?.extensions?.['code']).toMatch(/^(VALIDATION|BAD_USER_INPUT)$/);
    expect(errors?.[0]?.message).toContain(shown);
  });

  it.each([
    ['a short password', { email: 'a@b.example', password: 'short', displayName: 'x' }, 'password'],
    ['no email', { email: 'nonsense', password: 'long enough password', displayName: 'x' }, 'email'],
    ['no name', { email: 'a@b.example', password: 'long enough password', displayName: '' }, 'displayName'],
  ])('refuses to register with %s', async (_name, input, field) => {
    const { data } = await graphql(url, { query: `mutation ($input: RegisterInput!) { register(input: $input) { ... on LoginFailed { userErrors { code field } } } }`, variables: { input } });
    expect(data.register.userErrors[0]).toMatchObject({ code: 'VALIDATION', field: expect.arrayContaining([field]) });
  });
});

describe('the file door', () => {
  it('counts what it takes and names line and reason of what it refuses', async () => {
    const platform = sharedPlatform();
    const directory = path.join(platform.dataDirectory, 'import');
    await mkdir(directory, { recursive: true });
    const name = `bad-${Date.now()}.csv`;
    await writeFile(path.join(directory, name), '\uFEFFDate,Open,High,Low,Close\n1999-01-04,10,12,9,11\n1999-01-04,10,12,9,11\n1999-02-30,10,12,9,11\n1999-01-05,10,8,9,11\n1999-01-06,x,12,9,11\n');
    const token = await operatorToken(platform);
    const query = `mutation ($uri: String!) { importHistory(input: { uri: $uri, symbol: "SPX" }) { totalRows importedRows duplicateRows rejectedRows rejects { line code } userErrors { code message } } }`;
    const { data } = await graphql(url, { query, variables: { uri: `file:${name}` }, token });
    expect(data.importHistory).toMatchObject({ totalRows: 5, importedRows: 1, duplicateRows: 1, rejectedRows: 3, userErrors: [] });
    expect(data.importHistory.rejects).toEqual([
      { line: 4, code: 'INVALID_TIME' },
      { line: 5, code: 'INCONSISTENT_RANGE' },
      { line: 6, code: 'INVALID_NUMBER' },
    ]);
    const again = await graphql(url, { query, variables: { uri: `file:${name}` }, token });
    expect(again.data.importHistory).toMatchObject({ importedRows: 0, duplicateRows: 2, rejectedRows: 3 });
  });

  it.each(['file:../../etc/passwd', 'file:/etc/passwd', 'https://example.com/x.csv', 'sample:nothing'])('opens nothing for %s', async (uri) => {
    const { data } = await graphql(url, { query: `mutation ($uri: String!) { importHistory(input: { uri: $uri, symbol: "SPX" }) { importedRows userErrors { code message } } }`, variables: { uri }, token: await operatorToken(sharedPlatform()) });
    expect(data.importHistory).toMatchObject({ importedRows: 0, userErrors: [{ code: expect.stringMatching(/^(VALIDATION|FORBIDDEN|NOT_FOUND)$/), message: expect.stringContaining(uri.replace(/^\w+:/, '')) }] });
  });
});

describe('the WebSocket door', () => {
  it.each([
    ['no JSON', '{', 4400],
    ['a subscribe before connection_init', '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}', 4401],
    ['a bad token', '{"type":"connection_init","payload":{"authorization":"Bearer nonsense"}}', 4403],
  ])('closes on %s', async (_name, message, code) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.once('open', () => socket.send(message));
    expect(await closed).toBe(code);
  });
});

describe('the gRPC door', () => {
  let engine: EngineProcess;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(async () => engine[Symbol.asyncDispose]());

  it('refuses a stranger without the token', async () => {
    await using stranger = connectEngine({ address: engine.address, token: 'wrong' });
    await expect(stranger.status()).rejects.toThrow(/UNAUTHENTICATED|token/);
  });

  it.each([
    ['quantityLots', { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'a', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 1, quantityLots: 0 }],
    ['quantityLots', { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'a', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 1, quantityLots: 1.5 }],
    ['clientOrderId', { kind: 'PlaceOrder', accountNumber: 1000, clientOrderId: 'ü', instrumentNumber: 1, side: 'BUY', type: 'LIMIT', tif: 'GTC', limitPriceTicks: 1, quantityLots: 1 }],
    ['tickSize', { kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.X', tickSize: 'zero', lotSize: '1', currency: 'USD', cashScale: 4 }],
  ] as [string, EngineCommand][])('names a bad %s before anything is sent', async (field, command) => {
    await using client = connectEngine({ address: engine.address, token: engine.token });
    await expect(client.submit(command)).rejects.toThrow(new RegExp(field));
  });

  it('ends a packed stream of torn records with INVALID_ARGUMENT', async () => {
    const raw = new GrpcEngine(engine.address, credentials.createInsecure());
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${engine.token}`);
    const stream = raw.submitPacked(metadata);
    const failed = new Promise<ServiceError>((resolve) => stream.once('error', (error: ServiceError) => resolve(error)));
    stream.write({ records: Buffer.alloc(127) });
    const failure = await failed;
    raw.close();
    expect(failure.code).toBe(3);
    expect(failure.details).toContain('127');
  });
});

describe('the environment', () => {
  it.each([
    ['PORT', { PORT: 'abc' }, 'PORT'],
    ['PORT', { PORT: '70000' }, '70000'],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    ['MIB_ENVIRONMENT', { MIB_ENVIRONMENT: 'staging' }, 'staging'],
    ['secrets in production', { MIB_ENVIRONMENT: 'production' }, 'MIB_INTERNAL_SECRET'],
    ['MIB_DATA_DIR', { MIB_DATA_DIR: '/proc/nowhere' }, '/proc/nowhere'],
  ])('refuses a bad %s with one clear line', async (_name, environment, shown) => {
    const launched = new Promise<{ code: number; stderr: string }>((resolve) =>
      execFile(process.execPath, [path.join(REPOSITORY, 'launcher/dist/main.js')], { env: { PATH: process.env['PATH'], PORT: '0', ...environment } }, (error, _out, stderr) => resolve({ code: Number(error?.code ?? 0), stderr })),
    );
    const { code, stderr } = await launched;
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(shown);
  });
});
