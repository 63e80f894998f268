// Both subgraphs in one process: entities over HTTP from memory, prices over graphql-transport-ws. The bench says when an
// event happens, and may ask how many subscriptions are open.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, graphql, parse, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { instrument, priceChange, SDL } from './graph.ts';

export type Command = { readonly emit: number } | { readonly count: true };

let open = 0;
let fetches = 0;
const waiting = new Set<(sequence: number) => void>();

const resolvers = {
  prices: { Subscription: { priceChanged: { subscribe: prices, resolve: (change: unknown) => change } } },
  instruments: { Instrument: { __resolveReference: ({ symbol }: { symbol: string }) => instrument(symbol) } },
};

const urls: Record<string, string> = {};
for (const name of ['prices', 'instruments'] as const) {
  const schema = buildSubgraphSchema({ typeDefs: parse(SDL[name]), resolvers: resolvers[name] as never });
  const answers = new Map<string, string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      fetches++;
      const body = Buffer.concat(chunks).toString();
      let answer = answers.get(body);
      if (answer === undefined) {
        const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
        answers.set(body, (answer = JSON.stringify(await graphql({ schema, source: query, variableValues: variables }))));
      }
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
      response.end(answer);
    });
  });
  server.keepAliveTimeout = 60_000;
  useServer({ schema, execute, subscribe }, new WebSocketServer({ server, path: '/graphql' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

process.on('message', (command: Command) => {
  if ('count' in command) return void process.send?.({ open, fetches });
  const woken = [...waiting];
  waiting.clear();
  for (const wake of woken) wake(command.emit);
});
process.on('disconnect', () => process.exit());
process.send?.({ urls });

function prices(): AsyncIterableIterator<unknown> {
  open++;
  let wake: ((sequence: number) => void) | undefined;
  return {
    next: async () => ({ value: priceChange(await new Promise<number>((resolve) => waiting.add((wake = resolve)))), done: false }),
    return: () => {
      open--;
      if (wake) waiting.delete(wake);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
