// One subgraph that fails in every way, and how often it is asked.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CERTIFICATE, KEY } from '../test-support/certificate.ts';
import { RETRY_RESERVE } from './retry-budget.ts';
import { MAX_CONNECTIONS, SubgraphClient, type SubgraphAnswer } from './subgraph-client.ts';

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

  it('uses one connection for calls one after another, and another one once the server has closed it', async () => {
    const ports: (number | undefined)[] = [];
    answer = (response, call) => {
      ports.push(response.socket?.remotePort);
      if (call === 3) response.setHeader('connection', 'close');
      response.end(GOOD);
    };
    const client = open();
    for (let call = 0; call < 4; call++) await ask(client);
    const [first, second, third, fourth] = ports;
    expect([second, third, fourth === third]).toEqual([first, first, false]);
  });

  it('closes the connection of a call that nobody waits for, and none other', async () => {
    const client = open();
    const gone = new AbortController();
    const closed = new Promise<void>((resolve) => {
      answer = (response, call) => {
        if (call === 2) return void response.end(GOOD);
        response.on('close', resolve);
        gone.abort();
      };
    });
    const given = await client.fetch({ body: '{}', headers: {}, repeatable: true, signal: gone.signal });
    expect(given).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', reason: 'caller went away' });
    expect(codeOf(await ask(client))).toBe('OK');
    await closed;
  });

  it('sends values of headers as they came, and none that would end its line', async () => {
    const seen: unknown[] = [];
    answer = (response) => (seen.push(response.req.headers['x-name']), response.end(GOOD));
    const client = open();
    for (const value of ['plain', 'caf\u00e9', 'a\r\nx-mib-viewer: root', '\u20ac']) await client.fetch({ body: '{"a":"\u20ac"}', headers: { 'x-name': value }, repeatable: true, signal: undefined });
    expect(seen).toEqual(['plain', 'caf\u00e9']);
  });

  it('answers calls beyond the most connections in their turn', async () => {
    let open256 = 0;
    const waiting: ServerResponse[] = [];
    answer = (response) => {
      open256 = Math.max(open256, waiting.push(response));
      if (waiting.length === MAX_CONNECTIONS) for (const one of waiting.splice(0)) one.end(GOOD);
      else if (calls > MAX_CONNECTIONS) waiting.pop()!.end(GOOD);
    };
    const client = open();
    const codes = await Promise.all(Array.from({ length: MAX_CONNECTIONS + 20 }, async () => codeOf(await ask(client))));
    expect([new Set(codes), open256]).toEqual([new Set(['OK']), MAX_CONNECTIONS]);
  });

  it('speaks TLS, with whom it trusts', async () => {
    const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (request, response) => void request.resume().once('end', () => response.end(GOOD)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = open({ url: `https://localhost:${(server.address() as AddressInfo).port}/graphql` });
    const refused = await ask(client);
    // Node reads what it trusts beyond the public authorities when it starts.
    const trusting = `const { SubgraphClient } = await import(${JSON.stringify(new URL('subgraph-client.js', import.meta.url).href)});
      const client = new SubgraphClient({ url: ${JSON.stringify(client.url.href)} });
      const ask = () => client.fetch({ body: '{}', headers: {}, repeatable: true });
      console.log((await ask()).kind, (await ask()).kind);
      await client[Symbol.asyncDispose]();`;
    const folder = await mkdtemp(join(tmpdir(), 'mib-tls-'));
    await writeFile(join(folder, 'authority.pem'), CERTIFICATE);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', trusting], { env: { NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') } });
    await rm(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect([refused, stdout]).toEqual([expect.objectContaining({ code: 'SUBGRAPH_UNAVAILABLE', reason: expect.stringContaining('self-signed') }), 'answered answered\n']);
  });
});
