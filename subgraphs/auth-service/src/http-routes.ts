// The two pages that are not GraphQL: the public keys that verify access tokens, for anybody, and introspection, for the
// platform's own router only.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '@mib/service/subgraph-server';
import { introspect } from './actions/introspect.ts';
import { JWKS_MAX_AGE_MS } from './domain/lifetimes.ts';
import type { AuthServices } from './services.ts';

/** An access token with every role and scope there is stays under 2 KB. */
const MAX_FORM_BYTES = 8_192;
export const INTERNAL_HEADER = 'x-mib-internal';

export function httpRoutes(services: AuthServices, internalSecret: string): Readonly<Record<string, Route>> {
  return {
    'GET /.well-known/jwks.json': async (_, response) => {
      send(response, 200, services.keys.jwks(services.now()), `public, max-age=${JWKS_MAX_AGE_MS / 1000}`);
    },
    // RFC 7662 §2.1: POST with a form; §4: the endpoint must itself be protected.
    'POST /introspect': async (request, response) => {
      if (!sameSecret(request.headers[INTERNAL_HEADER], internalSecret)) return send(response, 401, { error: 'invalid_client' });
      const form = await readForm(request);
      const token = form?.get('token');
      if (!token) return send(response, 400, { error: 'invalid_request' });
      send(response, 200, await introspect(services, token));
    },
  };
}

/** Undefined for a body beyond MAX_FORM_BYTES. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function send(response: ServerResponse, status: number, body: object, cacheControl = 'no-store'): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': cacheControl }).end(JSON.stringify(body));
}

function sameSecret(given: string | string[] | undefined, secret: string): boolean {
  // Digests have one length, so the comparison tells nothing about the secret's.
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
