// Section `http` of the settings file: who may call from a browser, how long a request may take to arrive, how many
// operations one may carry.

import { z } from 'zod';
import { ConfigError } from '@mib/service/config';
import { wholeNumber } from '../config-values.ts';

export const MAX_BATCH_OPERATIONS = 100;
const DAY_SECONDS = 86_400;
const MAX_TIMEOUT_MS = 600_000;

const origin = z.string().refine(isOrigin, 'must be an origin such as https://app.example, or *');
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'must be a header name').toLowerCase();

const corsSection = z.strictObject({
  /** Beside those of CORS_ORIGINS; `*` for all. */
  origins: z.array(origin).max(1_000).default([]),
  /** Cookies and client certificates; never with `*`. */
  credentials: z.boolean('must be true or false').default(false),
  /** That pages may send; empty for all. */
  headers: z.array(headerName).max(100).default([]),
  /** For which browsers remember the answer to a preflight. */
  maxAgeSeconds: wholeNumber(0, DAY_SECONDS).default(7_200),
});

export const httpSection = z
  .strictObject({
    cors: corsSection.prefault({}),
    /** When not empty, a GET must carry one of these, which no page can send without a preflight. */
    csrfHeaders: z.array(headerName).max(10).default([]),
    /** Operations of one batch; 0 refuses batches. */
    maxBatchOperations: wholeNumber(0, MAX_BATCH_OPERATIONS).default(0),
    /** Of a body; of a WebSocket message too. Absent: MAX_BODY_BYTES. */
    maxBodyBytes: wholeNumber(1_000, 100_000_000).optional(),
    /** Until the headers are there, and until the body is; 408 then. */
    headersTimeoutMs: wholeNumber(100, MAX_TIMEOUT_MS).default(10_000),
    requestTimeoutMs: wholeNumber(100, MAX_TIMEOUT_MS).default(30_000),
    /** A little more than what load balancers keep an idle connection for (60 s), so that they end it and not we. */
    keepAliveMs: wholeNumber(1, 3_600_000).default(65_000),
  })
  .refine(({ headersTimeoutMs, requestTimeoutMs }) => headersTimeoutMs <= requestTimeoutMs, { path: ['headersTimeoutMs'], message: 'must not exceed requestTimeoutMs' });

export type HttpSettings = z.infer<typeof httpSection> & { readonly maxBodyBytes: number };

/**
 * The section with what the environment says beside it.
 *
 * @throws {ConfigError} when any page could use the cookies of whoever looks at it.
 */
export function httpSettings(section: z.infer<typeof httpSection>, environment: { readonly origins: readonly string[]; readonly maxBodyBytes: number }): HttpSettings {
  const origins = [...section.cors.origins, ...environment.origins];
  if (section.cors.credentials && origins.includes('*')) throw new ConfigError('http.cors.credentials must be false where every origin (*) is allowed, was true');
  return { ...section, cors: { ...section.cors, origins }, maxBodyBytes: section.maxBodyBytes ?? environment.maxBodyBytes };
}

export function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}
