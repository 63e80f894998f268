// Results of our executor against Apollo's over the same subgraphs, then what only we promise: paths, codes, partial data
// and the number of calls.

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloGateway } from '@apollo/gateway';
import { getOperationAST, parse, type DocumentNode } from 'graphql';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';
import { startZoo, type Zoo } from '../test-support/zoo.ts';

type Execute = (query: string, variables?: Record<string, unknown>) => Promise<unknown>;

async function oracleFor(supergraphSdl: string): Promise<{ execute: Execute; stop: () => Promise<void> }> {
  const gateway = new ApolloGateway({ supergraphSdl: supergraphSdl.replaceAll(', for: SECURITY', ''), logger: { debug() {}, info() {}, warn() {}, error() {} } });
  const { schema, executor } = await gateway.load();
  const execute: Execute = async (query, variables = {}) => {
    const document: DocumentNode = parse(query);
    const operation = getOperationAST(document)!;
    const request = { request: { query, variables }, document, operation, operationName: operation.name?.value ?? null, queryHash: query, schema, source: query, metrics: {}, context: {}, logger: console };
    const { data } = await executor(request as never);
    return JSON.parse(JSON.stringify(data));
  };
  return { execute, stop: () => gateway.stop() };
}

describe('execution', () => {
  let shop: Shop;
  let zoo: Zoo;
  let router: TestRouter;
  let zooRouter: TestRouter;
  beforeAll(async () => {
    [shop, zoo] = await Promise.all([startShop(), startZoo()]);
    router = await startTestRouter(shop.all, { SUBGRAPH_TIMEOUT_MS: '300' });
    zooRouter = await startTestRouter(zoo.all);
  });
  afterAll(async () => {
    await Promise.all([router, zooRouter].map((running) => running[Symbol.asyncDispose]()));
    await Promise.all([shop, zoo].map((running) => running[Symbol.asyncDispose]()));
  });
  afterEach(() => {
    for (const subgraph of [...shop.all, ...zoo.all]) {
      subgraph.requests.length = 0;
      subgraph.intercept = undefined;
    }
  });

  it.each([
    ['one subgraph', '{ me { id name } }'],
    ['an entity join', '{ me { name reviews { body } } }'],
    ['the classic depth', '{ users { id name reviews { body product { upc name price reviews { author { name reviews { product { name } } } } } } } topProducts { name reviews { body author { name } } } }'],
    ['@requires', '{ topProducts(first: 3) { shippingEstimate } }'],
    ['aliases', '{ one: product(upc: "p1") { n: name } two: product(upc: "p2") { n: name r: reviews { b: body } } }'],
    ['variables and defaults', 'query($first: Int = 3) { topProducts(first: $first) { upc reviews { id } } }'],
    ['@skip and @include on joined fields', 'query($yes: Boolean = true, $no: Boolean!) { me { name @skip(if: $yes) reviews @include(if: $no) { id } ... @include(if: $yes) { id reviews { body } } } }', { no: false }],
    ['fragments', '{ me { ...U } users { ...U } } fragment U on User { name reviews { ...R } } fragment R on Review { body product { name } }'],
    ['__typename everywhere', '{ __typename me { __typename t: __typename reviews { __typename product { __typename name } } } }'],
    ['an entity that is not there', '{ product(upc: "none") { name reviews { id } } }'],
    ['a mutation that joins', 'mutation { a: setPrice(upc: "p1", price: 1) { price reviews { id } } b: setPrice(upc: "p2", price: 2) { name price } }'],
  ])('equals Apollo Gateway on %s', async (_title: string, query: string, variables: Record<string, unknown> = {}) => {
    const oracle = await oracleFor(router.supergraph);
    const { data, errors } = await router.query(query, { variables });
    expect(errors).toBeUndefined();
    expect(data).toEqual(await oracle.execute(query, variables));
    await oracle.stop();
  });

  it.each([
    ['an interface', '{ animals { __typename id name } }'],
    ['an interface with joins', '{ animals { id keeper { name } weight } }'],
    ['type conditions', '{ animals { id ... on Lion { mane keeper { name } } ... on Penguin { swims weight } } }'],
    ['a union', '{ search { __typename ... on Lion { id weight } ... on Keeper { name animals { id name } } } }'],
    ['the same name in different types', '{ search { ... on Lion { value: name } ... on Keeper { value: name } } }'],
    ['nested lists', '{ cages { id weight keeper { name } } }'],
    ['nulls in lists', '{ maybe { id weight keeper { name } } }'],
    ['enum and custom scalar', '{ animals { diet tags } }'],
    ['compound keys', '{ tickets { row seat price } }'],
  ])('equals Apollo Gateway on %s', async (_title, query) => {
    const oracle = await oracleFor(zooRouter.supergraph);
    const { data, errors } = await zooRouter.query(query);
    expect(errors).toBeUndefined();
    expect(data).toEqual(await oracle.execute(query));
    await oracle.stop();
  });

  it('asks for each entity once and for all of one subgraph at once', async () => {
    await router.query('{ users { reviews { product { name } author { name } } } topProducts { reviews { id } } }');
    expect(shop.all.map(({ name, requests }) => [name, requests.length])).toEqual([['users', 2], ['products', 2], ['reviews', 1]]);
    const entityFetches = shop.products.requests.filter((request) => request.query.includes('_entities'));
    expect(entityFetches).toHaveLength(1);
    const [representations] = Object.values(entityFetches[0]!.variables) as unknown[][];
    expect(new Set(representations!.map((representation) => JSON.stringify(representation))).size).toBe(representations!.length);
  });

  it('asks the same of entities at different places once, and answers every place', async () => {
    const { data } = await router.query('{ users { reviews { product { name reviews { product { name } } } } } topProducts { reviews { product { name } } } }');
    const entityFetches = shop.products.requests.filter((request) => request.query.includes('_entities'));
    expect(entityFetches.map(({ variables }) => Object.values(variables).map((list) => (list as unknown[]).length))).toEqual([[new Set(JSON.stringify(data).match(/"name":"[^"]*"/g)).size]]);
    expect(JSON.stringify(data)).not.toContain('"product":{}');
  });

  it('runs mutations one after the other', async () => {
    const running: string[] = [];
    shop.products.intercept = (_request, response) => {
      running.push('start');
      setImmediate(() => {
        running.push('end');
        response.end('{"data":{"setPrice":{"upc":"p1","price":1}}}');
      });
    };
    shop.users.intercept = (_request, response) => response.end('{"data":{}}');
    await router.query('mutation { setPrice(upc: "p1", price: 1) { price } }');
    expect(running).toEqual(['start', 'end']);
  });

  it('maps an entity error to every place of the entity', async () => {
    shop.products.intercept = (request, response) => {
      const [representations] = Object.values(request.variables) as { upc: string }[][];
      const key = request.query.includes('_e0') ? '_e0' : '_entities';
      const at = representations!.findIndex(({ upc }) => upc === 'p1');
      response.end(JSON.stringify({ data: { [key]: representations!.map(({ upc }, index) => (index === at ? null : { name: upc })) }, errors: [{ message: 'gone', path: [key, at, 'name'], extensions: { code: 'NOT_FOUND' } }] }));
    };
    const { data, errors } = await router.query('{ users { reviews { product { upc name } } } }');
    expect(errors).toEqual([
      { message: 'gone', path: ['users', 0, 'reviews', 0, 'product', 'name'], extensions: { code: 'NOT_FOUND', serviceName: 'products' } },
      { message: 'gone', path: ['users', 1, 'reviews', 1, 'product', 'name'], extensions: { code: 'NOT_FOUND', serviceName: 'products' } },
    ]);
    expect(data).toBeNull(); // product.name is non-null all the way up
  });

  it('answers what it can when a subgraph is down, with one error at its place', async () => {
    shop.reviews.intercept = (_request, response) => response.destroy();
    const { status, data, errors } = await router.query('{ me { name } product(upc: "p1") { name shippingEstimate } }');
    expect(status).toBe(200);
    expect(data).toEqual({ me: { name: 'Ada' }, product: { name: 'Table', shippingEstimate: null } });
    expect(errors).toEqual([{ message: 'reviews is unavailable', path: ['product', 'shippingEstimate'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'reviews' } }]);
  });

  it('serves the rest of a graph whose subgraph has no URL', async () => {
    await using partial = await startTestRouter([shop.users, shop.products, { ...shop.reviews, url: '' }]);
    const { data, errors } = await partial.query('{ users { name } product(upc: "p1") { name shippingEstimate } }');
    expect(data).toEqual({ users: [{ name: 'Ada' }, { name: 'Alan' }], product: { name: 'Table', shippingEstimate: null } });
    expect(errors?.map(({ path, extensions }) => [path, extensions])).toEqual([[['product', 'shippingEstimate'], { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'reviews' }]]);
  });

  it('gives up on a slow subgraph', async () => {
    shop.reviews.intercept = () => undefined;
    const { data, errors } = await router.query('{ topProducts(first: 3) { name shippingEstimate } }');
    expect(data).toEqual({ topProducts: ['Table', 'Couch', 'Chair'].map((name) => ({ name, shippingEstimate: null })) });
    expect(errors).toEqual([{ message: 'reviews did not answer in time', path: ['topProducts'], extensions: { code: 'SUBGRAPH_TIMEOUT', serviceName: 'reviews' } }]);
  });

  it.each([
    ['HTTP 500 and no JSON', 500, 'oops', 'SUBGRAPH_UNAVAILABLE'],
    ['no JSON', 200, '<html>', 'SUBGRAPH_BAD_RESPONSE'],
    ['neither data nor errors', 200, '{}', 'SUBGRAPH_BAD_RESPONSE'],
    ['too few entities', 200, '{"data":{"_entities":[]}}', 'SUBGRAPH_BAD_RESPONSE'],
    ['errors of a wrong type', 200, '{"data":{},"errors":"x"}', 'SUBGRAPH_BAD_RESPONSE'],
  ])('survives %s', async (_title, status, body, code) => {
    shop.reviews.intercept = (_request, response) => void response.writeHead(status).end(body);
    const { data, errors } = await router.query('{ product(upc: "p1") { name shippingEstimate } }');
    expect(data).toEqual({ product: { name: 'Table', shippingEstimate: null } });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code, serviceName: 'reviews' }]);
  });

  it('masks internals and drops stack traces', async () => {
    shop.users.intercept = (_request, response) => response.end(JSON.stringify({ data: { me: null }, errors: [
      { message: 'password of db is hunter2', path: ['me'], extensions: { code: 'INTERNAL', detail: 'x' } },
      { message: 'no', path: ['me'], extensions: { code: 'FORBIDDEN', serviceName: 'forged', stacktrace: ['at x'], reason: 'y', causes: [{ exception: { stack: 'z' }, field: 'f' }] } },
    ] }));
    const { errors } = await router.query('{ me { name } }');
    expect(errors).toEqual([
      { message: 'internal error', path: ['me'], extensions: { code: 'INTERNAL', serviceName: 'users' } },
      { message: 'no', path: ['me'], extensions: { code: 'FORBIDDEN', serviceName: 'users', reason: 'y', causes: [{ field: 'f' }] } },
    ]);
  });

  it('puts an error without a usable place at the field that was asked for', async () => {
    const errors = [{ message: 'no path' }, { message: 'a path of nowhere', path: ['_entities'] }, { message: 'an index too far', path: ['_entities', 7, 'shippingEstimate'] }];
    shop.reviews.intercept = (_request, response) => response.end(JSON.stringify({ data: { _entities: [null] }, errors }));
    const answer = await router.query('{ product(upc: "p1") { name shippingEstimate } }');
    expect(answer.data).toEqual({ product: { name: 'Table', shippingEstimate: null } });
    expect(answer.errors?.map(({ message, path }) => [message, path])).toEqual(errors.map(({ message }) => [message, ['product', 'shippingEstimate']]));
  });

  it('lets a null rise through joined lists to the nearest place that may be null', async () => {
    shop.products.intercept = (request, response) => {
      const [representations] = Object.values(request.variables) as { upc: string }[][];
      response.end(JSON.stringify({ data: { _entities: representations!.map(({ upc }) => (upc === 'p2' ? null : { name: upc })) } }));
    };
    const { data, errors } = await router.query('{ me { name reviews { body product { name } } } }');
    expect(data).toEqual({ me: null });
    expect(errors).toEqual([{ message: 'cannot return null for non-nullable Product.name', path: ['me', 'reviews', 1, 'product', 'name'], extensions: { code: 'INVALID_RESPONSE' } }]);
  });

  it('sends a query again when a kept connection was dead, a mutation never', async () => {
    let left = 1;
    const flaky = (body: string) => (_request: unknown, response: { destroy: () => void; end: (text: string) => void }): void => {
      if (left-- > 0) response.destroy();
      else response.end(body);
    };
    shop.users.intercept = flaky('{"data":{"me":{"name":"Ada"}}}');
    expect(await router.query('{ me { name } }')).toEqual({ status: 200, data: { me: { name: 'Ada' } } });
    left = 1;
    shop.products.intercept = flaky('{"data":{"setPrice":{"price":1}}}');
    const { errors } = await router.query('mutation { setPrice(upc: "p1", price: 1) { price } }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(shop.products.requests).toHaveLength(1);
  });

  it('plans an operation once however many ask at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => router.query('{ me { n0: name n1: name reviews { b0: body } } }')));
    expect([...new Set(answers.map((answer) => JSON.stringify(answer)))]).toHaveLength(1);
  });

  it('keeps prototypes clean whatever names are used', async () => {
    shop.users.intercept = (_request, response) => response.end('{"data":{"me":{"__typename":"User","id":"1","__proto__":{"polluted":1},"constructor":"Ada"}}}');
    const { data } = await router.query('{ me { constructor: name reviews { id } } }');
    expect(data).toEqual({ me: { constructor: 'Ada', reviews: [{ id: 'r1' }, { id: 'r2' }] } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await router.query('{ me { __proto__: name } }')).errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});
