// One subgraph that fails in every way, and how often it is asked.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RETRY_RESERVE } from './retry-budget.ts';
import { SubgraphClient, type SubgraphAnswer } from './subgraph-client.ts';

const GOOD = '{"data":{"a":1}}';

describe('subgraph client', () => {
  let calls: number;
  let answer: (response: ServerResponse, call: number) => void;
  let url: string;
  let stop: () => Promise<void>;
  let clients: SubgraphClient[];
  beforeEach(async () => {
    calls = 0;
    clients = [];
    const server = createServer((request, response) => request.resume().once('end', () => answer(response, ++calls)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    stop = () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    await stop();
  });

  const open = (policy: Partial<ConstructorParameters<typeof SubgraphClient>[0]> = {}): SubgraphClient => {
    const client = new SubgraphClient({ url, ...policy });
    clients.push(client);
    return client;
  };
  const ask = (client: SubgraphClient, repeatable = true): Promise<SubgraphAnswer> => client.fetch({ body: '{}', headers: {}, repeatable, signal: undefined });
  const codeOf = (found: SubgraphAnswer): string => (found.kind === 'answered' ? 'OK' : found.code);

  it.each<readonly [string, (response: ServerResponse) => void]>([
    ['cuts the connection', (response) => void response.destroy()],
    ['is behind a proxy that says 503', (response) => void response.writeHead(503).end('busy')],
  ])('asks again when it %s', async (_title, fail) => {
    answer = (response, call) => (call < 3 ? fail(response) : response.end(GOOD));
    expect(codeOf(await ask(open()))).toBe('OK');
    expect(calls).toBe(3);
  });

  it('never sends a mutation twice', async () => {
    answer = (response) => response.destroy();
    expect(codeOf(await ask(open(), false))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(calls).toBe(1);
  });

  it('does not ask again for an answer, a failure of the resolver, or an end of the time', async () => {
    const client = open({ timeoutMs: 200 });
    answer = (response, call) => {
      if (call === 1) response.writeHead(500).end('{"errors":[{"message":"no"}]}');
      else if (call === 2) response.writeHead(500).end('oops');
    };
    expect([codeOf(await ask(client)), codeOf(await ask(client)), codeOf(await ask(client))]).toEqual(['OK', 'SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_TIMEOUT']);
    expect(calls).toBe(3);
  });

  it('keeps retries below a tenth of the calls when everything fails', async () => {
    answer = (response) => response.destroy();
    const client = open({ circuitMinCalls: 100_000 });
    for (let call = 0; call < 100; call++) await ask(client);
    expect(calls).toBeLessThanOrEqual(100 + 100 / 10 + RETRY_RESERVE);
  });

  it('stops asking a subgraph that fails, and begins again with a few calls', async () => {
    const states: string[] = [];
    const client = open({ maxRetries: 0, circuitMinCalls: 5, circuitOpenMs: 50, circuitTrialCalls: 1, onCircuit: (state) => states.push(state) });
    answer = (response) => void response.writeHead(500).end('oops');
    for (let call = 0; call < 5; call++) expect(codeOf(await ask(client))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(codeOf(await ask(client))).toBe('SUBGRAPH_CIRCUIT_OPEN');
    expect(calls).toBe(5);
    answer = (response) => void response.end(GOOD);
    let code = '';
    for (const deadline = Date.now() + 5_000; code !== 'OK' && Date.now() < deadline; await new Promise((resolve) => setImmediate(resolve))) code = codeOf(await ask(client));
    expect([code, calls, states]).toEqual(['OK', 6, ['open', 'half-open', 'closed']]);
  });
});
