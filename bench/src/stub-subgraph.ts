// A stub subgraph: each answer is computed once and then sent from memory, so that the measured time is the gateway's.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type GraphQLSchema } from 'graphql';

export interface StubSubgraph {
  readonly url: string;
  readonly server: Server;
  readonly schema: GraphQLSchema;
}

/** @param onFetch - called with the body of each request. */
export async function startStubSubgraph(sdl: string, resolvers: unknown, onFetch: (url: string, body: string) => void): Promise<StubSubgraph> {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  const answers = new Map<string, Buffer>();
  let url = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      onFetch(url, body);
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
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return { url, server, schema };
}
