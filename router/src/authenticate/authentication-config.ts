// Section `authentication` of the settings file, joined with the platform's variables: who may say who a client is.
// Algorithms are pinned per issuer and asymmetric only, so no token chooses how it is checked.

import { z } from 'zod';
import { ConfigError } from '@mib/service/config';
import { wholeNumber } from '../config-values.ts';

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;

const name = z.string('must be a name').min(1, 'must be a name').max(256, 'must be a name');
const names = z.array(name).max(1_000);

const issuer = z.strictObject({
  /** The `iss` claim, to the letter. */
  issuer: name,
  jwksUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  /** One of these must be in `aud`. */
  audience: names.min(1),
  algorithms: z.array(z.enum(ALGORITHMS, `must be one of ${ALGORITHMS.join(', ')}`)).min(1).default([...ALGORITHMS]),
  /** By how much the clocks of issuer and router may differ. */
  clockToleranceSeconds: wholeNumber(0, 300).default(5),
  /** Claims that are a list, or words in one string. */
  rolesClaim: name.default('roles'),
  scopesClaim: name.default('scope'),
  policiesClaim: name.default('policies'),
});

export type IssuerConfig = z.infer<typeof issuer>;

const apiKey = z.strictObject({
  /** SHA-256 of the key in hexadecimal digits: the file holds no credential. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  userId: name,
  roles: names.default([]),
  scopes: names.default([]),
  policies: names.default([]),
});

export type ApiKeyConfig = z.infer<typeof apiKey>;

export const authenticationSection = z.strictObject({
  issuers: z.array(issuer).max(50).default([]),
  apiKeys: z.array(apiKey).max(10_000).default([]),
});

export const authenticationVariables = {
  /** Base URL of our auth service: its key set, and introspection of API keys. */
  AUTH_URL: z.url('must be a URL').optional(),
  /** A key set alone, of any issuer of JWTs. */
  JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  JWT_ISSUER: z.string().default('mib'),
  JWT_AUDIENCE: z.string().default('mib'),
};

export interface AuthenticationConfig {
  readonly issuers: readonly IssuerConfig[];
  readonly apiKeys: readonly ApiKeyConfig[];
  /** Where API keys that are not in the file are asked about. */
  readonly introspection?: { readonly authUrl: string; readonly internalSecret: string };
}

type Variables = z.infer<z.ZodObject<typeof authenticationVariables>>;

/**
 * Joins file and variables.
 *
 * @returns undefined when nothing is configured: then everyone is anonymous.
 * @throws {ConfigError}
 */
export function readAuthentication(section: z.infer<typeof authenticationSection>, variables: Variables, internalSecret: string | undefined): AuthenticationConfig | undefined {
  const { AUTH_URL, JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } = variables;
  if (AUTH_URL !== undefined && internalSecret === undefined) throw new ConfigError('MIB_INTERNAL_SECRET is required with AUTH_URL');
  const jwksUrl = JWKS_URL ?? (AUTH_URL === undefined ? undefined : new URL('/.well-known/jwks.json', AUTH_URL).href);
  const own = jwksUrl === undefined ? [] : [issuer.parse({ issuer: JWT_ISSUER, audience: [JWT_AUDIENCE], jwksUrl })];
  const issuers = [...own, ...section.issuers];
  const twice = issuers.find((one, index) => issuers.findIndex((other) => other.issuer === one.issuer) !== index);
  if (twice) throw new ConfigError(`authentication.issuers names ${JSON.stringify(twice.issuer)} twice`);
  if (issuers.length === 0 && section.apiKeys.length === 0) return undefined;
  const introspection = AUTH_URL !== undefined && internalSecret !== undefined ? { authUrl: AUTH_URL, internalSecret } : undefined;
  return { issuers, apiKeys: section.apiKeys, ...(introspection && { introspection }) };
}
