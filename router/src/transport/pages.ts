// Pages beside /graphql: the offline GraphiQL, and what operators read.

import type { ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** Built at the first visit and kept: nine megabytes with its editor inlined, so it needs no network. */
let graphiql: Buffer | undefined;

export function sendGraphiql(response: ServerResponse): void {
  graphiql ??= Buffer.from(renderGraphiQL({ title: 'Market Intel Brain', endpoint: '/graphql', subscriptionsProtocol: 'WS', shouldPersistHeaders: false }));
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': graphiql.length, 'cache-control': 'public, max-age=3600', 'x-frame-options': 'DENY' });
  response.end(graphiql);
}

export function sendRedirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, 'content-length': 0 });
  response.end();
}
