// The floor under every gateway: for each request it sends as many fetches as the router did, all at once, with the same
// bodies, waits for all, and answers a fixed text. It reads no query and merges nothing.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { post } from './load.ts';

interface Script {
  readonly fetches: readonly { readonly url: string; readonly body: string }[];
  readonly answer: string;
}

const script = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Script;
const pools = new Map(script.fetches.map(({ url }) => [url, new Pool(new URL(url).origin, { connections: 64 })]));
const answer = Buffer.from(script.answer);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', async () => {
    await Promise.all(script.fetches.map(({ url, body }) => post(pools.get(url)!, new URL(url).pathname, body)));
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': answer.length });
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.on('disconnect', () => process.exit());
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
