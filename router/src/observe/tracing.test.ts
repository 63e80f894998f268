// Spans as a collector receives them over OTLP, and the trace context as subgraphs receive it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startCollector, type CollectedSpan, type Collector } from '../test-support/collector.ts';
import { startTestRouter, type TestRouter } from '../test-support/router.ts';
import { startShop, type Shop } from '../test-support/shop.ts';
import { STAGES } from './observation.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentHeaders = (traceId: string, flags: string) => ({ traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}`, tracestate: 'vendor=opaque' });
const FEDERATED = 'query Best($first: Int!) { topProducts(first: $first) { name reviews { author { name } } } }';
const ERROR = 2;

describe('tracing', () => {
  let shop: Shop;
  let collector: Collector;
  let router: TestRouter;
  let trusting: TestRouter;
  beforeAll(async () => {
    [shop, collector] = await Promise.all([startShop(), startCollector()]);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '10' };
    [router, trusting] = await Promise.all([startTestRouter(shop.all, env), startTestRouter(shop.all, env, { observe: { trustTraceparent: true } })]);
  });
  afterAll(async () => {
    await Promise.all([router, trusting].map((running) => running[Symbol.asyncDispose]()));
    await Promise.all([shop, collector].map((running) => running[Symbol.asyncDispose]()));
  });

  it('has a span for the request, one for each stage in it, and one for each fetch in execute', async () => {
    await router.query(FEDERATED, { variables: { first: 2 } });
    const root = await collector.request(named('Best'));
    const spans = await collector.trace(root.traceId);
    expect(root).toMatchObject({ name: 'query', attributes: { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Best', 'mib.outcome': 'ok' } });
    expect(childrenOf(root, spans)).toEqual([...STAGES]);
    expect(childrenOf(spans.find(({ name }) => name === 'execute')!, spans).sort()).toEqual(['fetch products', 'fetch reviews', 'fetch users']);
    const { hostname, port } = new URL(shop.users.url);
    expect(spans.find(({ name }) => name === 'fetch users')!.attributes).toMatchObject({ 'http.request.method': 'POST', 'url.full': shop.users.url, 'server.address': hostname, 'server.port': Number(port), 'http.response.status_code': 200 });
  });

  it('makes what a subgraph does a child of its fetch', async () => {
    await router.query('query Child { topProducts(first: 1) { name } }');
    const root = await collector.request(named('Child'));
    const spans = await collector.trace(root.traceId);
    const fetchSpan = spans.find(({ name }) => name === 'fetch products')!;
    expect(shop.products.requests.at(-1)!.headers['traceparent']).toBe(`00-${root.traceId}-${fetchSpan.spanId}-01`);
  });

  it('continues a trusted client\'s trace, state and all', async () => {
    await trusting.query('query Trusted { topProducts(first: 1) { name } }', { headers: parentHeaders(TRACE_ID, '01') });
    const root = await collector.request(named('Trusted'));
    expect(root).toMatchObject({ traceId: TRACE_ID, parentSpanId: '00f067aa0ba902b7' });
    expect(shop.products.requests.at(-1)!.headers).toMatchObject({ traceparent: expect.stringMatching(`^00-${TRACE_ID}-\\w{16}-01$`), tracestate: 'vendor=opaque' });
  });

  it('begins a trace of its own for everyone else', async () => {
    await router.query('query Stranger { topProducts(first: 1) { name } }', { headers: parentHeaders(TRACE_ID, '01') });
    const root = await collector.request(named('Stranger'));
    expect(root.traceId).not.toBe(TRACE_ID);
    expect(root.parentSpanId ?? '').toBe('');
    expect(shop.products.requests.at(-1)!.headers).not.toHaveProperty('tracestate');
  });

  it('passes on a trace that its sender does not record, and records nothing', async () => {
    const unrecorded = TRACE_ID.replace('4', '5');
    await trusting.query('query Unrecorded { topProducts(first: 1) { name } }', { headers: parentHeaders(unrecorded, '00') });
    expect(shop.products.requests.at(-1)!.headers['traceparent']).toMatch(new RegExp(`^00-${unrecorded}-\\w{16}-00$`));
    await trusting.query('query Recorded { topProducts(first: 1) { name } }');
    await collector.request(named('Recorded'));
    expect(collector.spans.filter(({ traceId }) => traceId === unrecorded)).toEqual([]);
  });

  it('counts the fetches of deferred parts to the stage that began them', async () => {
    const query = 'query Deferred { topProducts(first: 1) { name ... @defer { reviews { body } } } }';
    const response = await fetch(`${router.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' }, body: JSON.stringify({ query }) });
    expect(await response.text()).toContain('"incremental"');
    const root = await collector.request(named('Deferred'));
    const part = await collector.span(({ name, traceId }) => name === 'fetch reviews' && traceId === root.traceId);
    expect(part).toMatchObject({ parentSpanId: collector.spans.find(({ name, traceId }) => name === 'execute' && traceId === root.traceId)!.spanId, attributes: { 'mib.subgraph': 'reviews' } });
  });

  it('marks the fetch that failed and the request that was refused, by their codes', async () => {
    shop.products.intercept = (_, response) => response.writeHead(500).end();
    await router.query('query Failing { topProducts(first: 1) { name } }');
    shop.products.intercept = undefined;
    const failing = await collector.request(named('Failing'));
    expect(failing.attributes).toMatchObject({ 'mib.outcome': 'errors' });
    const spans = await collector.trace(failing.traceId);
    expect(spans.find(({ name }) => name === 'fetch products')).toMatchObject({ status: { code: ERROR }, attributes: { 'error.type': 'SUBGRAPH_UNAVAILABLE', 'http.response.status_code': 500 } });
    await router.query('query Refused { nothing }');
    const refused = await collector.request(({ attributes }) => attributes['error.type'] === 'GRAPHQL_VALIDATION_FAILED');
    expect(refused).toMatchObject({ attributes: { 'mib.outcome': 'refused' } });
    expect(childrenOf(refused, await collector.trace(refused.traceId))).toEqual(['authenticate', 'document', 'parse']);
  });

  it('shows no document, variable, message or credential', async () => {
    const query = 'query Discreet($upc: ID!) { product(upc: $upc) { name } other: product(upc: "literal-secret") { name } }';
    await router.query(query, { variables: { upc: 'variable-secret' }, headers: { 'x-custom': 'header-secret' } });
    await router.query('query Discreet { field_secret }', { headers: { authorization: 'Bearer token-secret' } });
    await router.query('query Afterwards { topProducts(first: 1) { name } }');
    await collector.request(named('Afterwards'));
    expect(collector.texts.filter((text) => /secret/.test(text))).toEqual([]);
  });

  it('counts spans that the collector refuses', async () => {
    collector.status = 400;
    await router.query('query Lost { topProducts(first: 1) { name } }');
    await collector.request(named('Lost'));
    await router.query('query Later { topProducts(first: 1) { name } }');
    await collector.request(named('Later'));
    collector.status = 200;
    expect(await (await fetch(`${router.url}/metrics`)).text()).toMatch(/mib_router_spans_exported_total\{outcome="failed",service="router"\} [1-9]/);
  });

  it('is off unless an endpoint is named: subgraphs get no trace context', async () => {
    await using off = await startTestRouter(shop.all);
    await off.query('query Off { topProducts(first: 1) { name } }', { headers: parentHeaders(TRACE_ID, '01') });
    expect(shop.products.requests.at(-1)!.headers).not.toHaveProperty('traceparent');
  });
});

function named(operation: string): (span: CollectedSpan) => boolean {
  return ({ attributes }) => attributes['graphql.operation.name'] === operation;
}

/** Names, in the order in which they began. */
function childrenOf({ spanId }: CollectedSpan, spans: readonly CollectedSpan[]): string[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === spanId).sort((a, b) => (BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1)).map(({ name }) => name);
}
