import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, propagation } from '@opentelemetry/api';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ClientError } from './errors.ts';
import { Health } from './health.ts';
import type { RunningService } from './lifecycle.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { LiveTopic } from './pubsub.ts';
import { startSubgraphServer, type RequestContext } from './subgraph-server.ts';
import { VIEWER_HEADER, requireUser, signViewer } from './viewer.ts';

const SECRET = 'a secret of at least 32 characters!';
const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { hello(name: String! = "world"): String! me: String trace: String fail: Int refuse: Int }
type Mutation { publish(value: Int!): Int! }
type Subscription { values: Value! }
type Value { value: Int! contextNumber: Int! }
type User @key(fields: "id") { id: ID! name: String }`;

interface Context extends RequestContext {
  readonly contextNumber: number;
}

describe('subgraph server', () => {
  const topic = new LiveTopic<number>();
  const health = new Health();
  let contexts = 0;
  let signal: AbortSignal | undefined;
  let server: RunningService;
  let sockets: Client;

  beforeAll(async () => {
    server = await startSubgraphServer<Context>({
      name: 'test', schemaSdl: SDL, host: '127.0.0.1', port: 0, internalSecret: SECRET, health,
      metrics: createMetrics('test'), logger: createLogger('test', { level: 'silent' }),
      context: (request) => ({ ...request, contextNumber: (contexts += 1) }),
      routes: { 'GET /extra': async (_request, response) => void response.end('extra') },
      resolvers: {
        Query: {
          hello: (_: unknown, { name }: { name: string }) => `hello ${name}`,
          me: (_: unknown, __: unknown, { viewer }: Context) => requireUser(viewer).userId,
          trace: async () => {
            await new Promise(setImmediate);
            const carrier: Record<string, string> = {};
            propagation.inject(context.active(), carrier);
            return Object.entries(carrier).map((entry) => entry.join('=')).join(' ');
          },
          fail: () => { throw new Error('password of the database is hunter2'); },
          refuse: () => { throw new ClientError('FORBIDDEN', 'not yours', { field: ['a', 'b'] }); },
        },
        Mutation: { publish: (_: unknown, { value }: { value: number }) => (topic.publish(value), value) },
        Subscription: {
          values: {
            subscribe: (_: unknown, __: unknown, context: Context) => {
              signal = context.signal;
              return topic.subscribe({ maxQueued: 10, overflow: 'close', signal: context.signal });
            },
            resolve: (value: number) => ({ value }),
          },
        },
        Value: { contextNumber: (_: unknown, __: unknown, context: Context) => context.contextNumber },
        User: { __resolveReference: ({ id }: { id: string }) => (id === 'gone' ? null : { id, name: `name of ${id}` }) },
      },
    });
    sockets = createClient({ url: server.url.replace('http', 'ws'), webSocketImpl: WebSocket, lazy: true });
  });
  afterAll(async () => {
    await sockets.dispose();
    await server[Symbol.asyncDispose]();
  });

  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
    return { status: response.status, ...((await response.json()) as { data?: Record<string, unknown>; errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[] }) };
  };

  it('lets what it calls know the trace it is called in', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const asked = { query: '{ trace }' };
    const answers = await Promise.all([post(asked, { traceparent, tracestate: 'vendor=opaque' }), post(asked), post(asked, { traceparent: 'nonsense' })]);
    expect(answers.map(({ data }) => data?.['trace'])).toEqual([`traceparent=${traceparent} tracestate=vendor=opaque`, '', '']);
  });

  it('answers a query with variables', async () => {
    expect(await post({ query: 'query($n: String!) { hello(name: $n) }', variables: { n: 'Ada' } })).toEqual({ status: 200, data: { hello: 'hello Ada' } });
  });

  it('resolves entities by their references', async () => {
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id name } } }';
    const { data } = await post({ query, variables: { r: [{ __typename: 'User', id: '1' }, { __typename: 'User', id: 'gone' }] } });
    expect(data).toEqual({ _entities: [{ id: '1', name: 'name of 1' }, null] });
  });

  it('believes a signed viewer and nobody else', async () => {
    const statement = signViewer({ kind: 'user', userId: 'u1', roles: [], scopes: [] }, SECRET, Date.now());
    expect((await post({ query: '{ me }' }, { [VIEWER_HEADER]: statement })).data).toEqual({ me: 'u1' });
    expect((await post({ query: '{ me }' })).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    const forged = signViewer({ kind: 'user', userId: 'u1', roles: [], scopes: [] }, 'another secret of the same length..', Date.now());
    expect(await post({ query: '{ hello }' }, { [VIEWER_HEADER]: forged })).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const old = signViewer({ kind: 'user', userId: 'u1', roles: [], scopes: [] }, SECRET, Date.now() - 3_600_000);
    expect((await post({ query: '{ hello }' }, { [VIEWER_HEADER]: old })).status).toBe(401);
  });

  it('shows refusals and hides bugs', async () => {
    const refused = await post({ query: '{ refuse hello }' });
    expect(refused).toMatchObject({ status: 200, data: { refuse: null, hello: 'hello world' }, errors: [{ message: 'not yours', path: ['refuse'], extensions: { code: 'FORBIDDEN', field: ['a', 'b'] } }] });
    const failed = await post({ query: '{ fail }' }, { 'x-request-id': 'r1' });
    expect(failed.errors).toEqual([expect.objectContaining({ message: 'internal error', path: ['fail'], extensions: { code: 'INTERNAL', requestId: 'r1' } })]);
  });

  it.each([
    ['not JSON', '{', 400],
    ['no query', {}, 400],
    ['a syntax error', { query: '{ hello' }, 400],
    ['an unknown field', { query: '{ nothing }' }, 400],
    ['an unknown operation', { query: 'query A { hello }', operationName: 'B' }, 400],
    ['two operations and no name', { query: 'query A { hello } query B { hello }' }, 400],
    ['a subscription', { query: 'subscription { values { value } }' }, 400],
    ['a variable of the wrong type', { query: 'query($n: String!) { hello(name: $n) }', variables: { n: 1 } }, 200],
    ['a body beyond its bound', { query: `{ hello } #${'x'.repeat(4_000_000)}` }, 400],
  ])('refuses %s as VALIDATION', async (_case, body, status) => {
    expect(await post(body)).toMatchObject({ status, errors: [{ extensions: { code: 'VALIDATION' } }] });
  });

  it('streams a subscription, each event with a context of its own', async () => {
    const stream = sockets.iterate<{ values: { value: number; contextNumber: number } }>({ query: 'subscription { values { value contextNumber } }' });
    const first = stream.next();
    await subscribed(topic);
    topic.publish(1);
    topic.publish(2);
    const values = [(await first).value?.data?.values, (await stream.next()).value?.data?.values];
    expect(values.map((value) => value?.value)).toEqual([1, 2]);
    expect(values[0]?.contextNumber).not.toBe(values[1]?.contextNumber);
    const gone = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    await stream.return?.();
    await gone;
    expect(topic.subscriberCount).toBe(0);
  });

  it('refuses a forged viewer in a subscribe payload', async () => {
    const stream = sockets.iterate({ query: 'subscription { values { value } }', extensions: { viewer: 'forged.statement' } });
    await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('tells about itself', async () => {
    const page = async (path: string) => {
      const response = await fetch(new URL(path, server.url));
      return [response.status, await response.text()];
    };
    expect(await page('/healthz')).toEqual([200, '{"live":true}']);
    expect((await page('/readyz'))[0]).toBe(200);
    health.check('engine', () => 'connection lost');
    expect(await page('/readyz')).toEqual([503, '{"live":true,"ready":false,"problems":["engine: connection lost"]}']);
    health.check('engine', () => undefined);
    expect((await page('/metrics'))[1]).toContain('mib_graphql_request_seconds_count{');
    expect(await page('/extra')).toEqual([200, 'extra']);
    expect((await page('/nothing'))[0]).toBe(404);
    expect((await page('/graphql'))[0]).toBe(404);
  });
});

async function subscribed(topic: LiveTopic<number>): Promise<void> {
  while (topic.subscriberCount === 0) await new Promise((resolve) => setImmediate(resolve));
}
