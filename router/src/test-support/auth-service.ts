// A stand-in for auth-service: publishes keys, issues tokens, introspects API keys, and counts how often it is asked.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

export const INTERNAL_SECRET = 'test-secret-of-more-than-32-characters';

export interface TestAuthService extends AsyncDisposable {
  readonly url: string;
  readonly asked: { keys: number; introspections: number };
  /** Answers of introspection by API key. */
  readonly apiKeys: Map<string, Record<string, unknown>>;
  /** From now on tokens are signed with a new key. */
  rotate(): Promise<void>;
  token(claims: TokenClaims): Promise<string>;
}

export interface TokenClaims {
  readonly sub?: string;
  readonly scope?: string;
  readonly sid?: string;
  readonly expiresInSeconds?: number;
  readonly issuer?: string;
  readonly audience?: string;
  /** Beside or instead of the usual ones. */
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

export async function startAuthService(algorithm: 'EdDSA' | 'RS256' = 'EdDSA'): Promise<TestAuthService> {
  const published: JWK[] = [];
  let signing: { readonly kid: string; readonly key: CryptoKey };
  const asked = { keys: 0, introspections: 0 };
  const apiKeys = new Map<string, Record<string, unknown>>();
  const rotate = async (): Promise<void> => {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    signing = { kid: `key-${published.length}`, key: privateKey };
    published.push({ ...(await exportJWK(publicKey)), kid: signing.kid, alg: algorithm, use: 'sig' });
  };
  await rotate();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/jwks.json') {
      asked.keys++;
      response.end(JSON.stringify({ keys: published }));
    } else if (request.url === '/introspect' && request.headers['x-mib-internal'] === INTERNAL_SECRET) {
      asked.introspections++;
      response.end(JSON.stringify(apiKeys.get(new URLSearchParams(body).get('token') ?? '') ?? { active: false }));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    apiKeys,
    rotate,
    token: ({ sub = 'u1', scope = '', sid, expiresInSeconds = 60, issuer = 'mib', audience = 'mib', claims = {}, header = {} }) =>
      new SignJWT({ scope, roles: ['trader'], ...(sid !== undefined && { sid }), sub, iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + expiresInSeconds, ...claims })
        .setProtectedHeader({ alg: algorithm, kid: signing.kid, ...header })
        .sign(signing.key),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
