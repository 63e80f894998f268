// All stub subgraphs in one process of their own. Each answer is computed once and then sent from memory, so that the
// measured time is the gateway's.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { SUBGRAPHS } from './graph.ts';

const urls: Record<string, string> = {};
let served = 0;
/** The fetches since the bench last asked; kept only when it wants to see them. */
let seen: { readonly url: string; readonly body: string }[] | undefined;
for (const { name, sdl, resolvers } of SUBGRAPHS) {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  const answers = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      served++;
      const body = Buffer.concat(chunks).toString();
      seen?.push({ url: urls[name]!, body });
      let answer = answers.get(body);
      if (!answer) {
        const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
        answer = Buffer.from(JSON.stringify(await graphql({ schema, source: query, variableValues: variables })));
        answers.set(body, answer);
      }
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
      response.end(answer);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
process.on('message', (command) => {
  if (command === 'watch') seen = [];
  process.send?.({ served, seen });
  if (command === 'seen?') seen = undefined;
});
process.on('disconnect', () => process.exit());
process.send?.({ urls });
