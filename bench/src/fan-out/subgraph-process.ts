// Both subgraphs in one process: entities over HTTP from memory, prices over graphql-transport-ws. The bench says when an
// event happens, and may ask how many subscriptions are open.

import { execute, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { startStubSubgraph } from '../stub-subgraph.ts';
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
  const { url, server, schema } = await startStubSubgraph(SDL[name], resolvers[name], () => void fetches++);
  useServer({ schema, execute, subscribe }, new WebSocketServer({ server, path: '/graphql' }));
  urls[name] = url;
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
