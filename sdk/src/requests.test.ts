import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createClientOf } from './client.ts';
import { GraphQLRequestError, NetworkError } from './errors.ts';
import { startCountingServer, testOperations } from './test-support/counting-server.ts';

describe('a query', () => {
  it('sends its variables and returns typed data', async () => {
    await using server = await startCountingServer();
    const client = createClientOf(testOperations, { url: server.url });
    expect(await client.hello()).toEqual({ hello: 'hello world' });
    expect(await client.hello({ name: 'Ada' })).toEqual({ hello: 'hello Ada' });
  });

  it('throws codes, paths and what could be answered', async () => {
    await using server = await startCountingServer();
    const error = await createClientOf(testOperations, { url: server.url }).broken().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphQLRequestError);
    expect(error).toMatchObject({
      message: 'broken: NOT_FOUND it broke (at broken)', codes: ['NOT_FOUND'], errors: [{ path: ['broken'] }], data: { hello: 'hello world', broken: null },
    });
  });

  it('returns the part that could be answered when asked to', async () => {
    await using server = await startCountingServer();
    const told: unknown[] = [];
    const client = createClientOf(testOperations, { url: server.url, onPartialErrors: (operation, errors) => told.push(operation, errors.length) });
    expect(await client.broken({}, { errorPolicy: 'partial' })).toEqual({ hello: 'hello world', broken: null });
    expect(told).toEqual(['broken', 1]);
  });

  it('renews the token once and repeats', async () => {
    await using server = await startCountingServer();
    server.token = 'new';
    let token = 'old';
    const client = createClientOf(testOperations, { url: server.url, getToken: () => token, refreshToken: async () => Boolean((token = 'new')) });
    expect(await client.secret()).toEqual({ secret: 'shh' });
    expect(server.requests).toHaveLength(2);
  });

  it('throws when the token is not taken and cannot be renewed', async () => {
    await using server = await startCountingServer();
    server.token = 'new';
    for (const refreshToken of [undefined, async () => false, async () => true]) {
      const client = createClientOf(testOperations, { url: server.url, getToken: () => 'old', ...(refreshToken && { refreshToken }) });
      await expect(client.secret()).rejects.toMatchObject({ name: 'GraphQLRequestError', codes: ['UNAUTHENTICATED'] });
    }
  });

  it('gives up after its time', async () => {
    await using server = await startCountingServer();
    const client = createClientOf(testOperations, { url: server.url, timeoutMs: 30 });
    await expect(client.never()).rejects.toThrow('never: no answer within 30 ms');
  });

  it('ends with the reason of its signal', async () => {
    await using server = await startCountingServer();
    const waiting = createClientOf(testOperations, { url: server.url }).never({}, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each([
    ['a proxy page', 502, '<html>Bad Gateway</html>'],
    ['JSON that is not GraphQL', 200, '{"hello":1}'],
    ['nothing', 204, ''],
  ])('throws a NetworkError for %s', async (_, status, body) => {
    const server = createServer((request, response) => void request.resume().on('end', () => response.writeHead(status).end(body)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = createClientOf(testOperations, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    const error = await client.hello().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ status, operation: 'hello' });
    server.closeAllConnections();
    server.close();
  });

  it('throws a NetworkError when nobody listens', async () => {
    await expect(createClientOf(testOperations, { url: 'http://127.0.0.1:9/' }).hello()).rejects.toBeInstanceOf(NetworkError);
  });
});
