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
  token(claims: { sub?: string; scope?: string; sid?: string; expiresInSeconds?: number; issuer?: string; audience?: string }): Promise<string>;
}

export async function startAuthService(): Promise<TestAuthService> {
  const published: JWK[] = [];
  let signing: { readonly kid: string; readonly key: CryptoKey };
  const asked = { keys: 0, introspections: 0 };
  const apiKeys = new Map<string, Record<string, unknown>>();
  const rotate = async (): Promise<void> => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    signing = { kid: `key-${published.length}`, key: privateKey };
    published.push({ ...(await exportJWK(publicKey)), kid: signing.kid, alg: 'EdDSA', use: 'sig' });
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
    token: ({ sub = 'u1', scope = '', sid, expiresInSeconds = 60, issuer = 'mib', audience = 'mib' }) =>
      new SignJWT({ scope, roles: ['trader'], ...(sid !== undefined && { sid }) }).setProtectedHeader({ alg: 'EdDSA', kid: signing.kid }).setSubject(sub).setIssuer(issuer).setAudience(audience).setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds).sign(signing.key),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
