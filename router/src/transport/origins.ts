// Which web pages may use this router. A browser says where a request comes from; requests of other programs carry no
// such header and pass. A page of another site that is not on the list is refused before anything is read (CSRF), and a
// listed one gets CORS headers.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';
import type { HttpSettings } from './http-config.ts';

export interface Origins {
  /** @throws {RequestRefused} 403 for a page of another site, or a GET without the header that proves a preflight. */
  check(request: { readonly headers: IncomingHttpHeaders; readonly method?: string | undefined }): void;
  /** Adds CORS headers where due, and `vary` always. */
  decorate(request: IncomingMessage, response: ServerResponse): void;
}

const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
/** What scripts of another origin may read beside the body. */
const EXPOSED_HEADERS = 'etag, retry-after, ratelimit-limit, ratelimit-policy, ratelimit-remaining, ratelimit-reset';
const NEGOTIATED = 'accept, accept-encoding';
const PREFLIGHT = 'access-control-request-method, access-control-request-headers';

export function createOrigins({ cors, csrfHeaders }: Pick<HttpSettings, 'cors' | 'csrfHeaders'>): Origins {
  const everyone = cors.origins.includes('*');
  const listed = new Set(cors.origins);
  const isAllowed = (origin: string): boolean => everyone || listed.has(origin);
  const vary = listed.size === 0 ? NEGOTIATED : `origin, ${NEGOTIATED}`;
  return {
    check({ headers, method }) {
      const { origin } = headers;
      if (method === 'GET' && csrfHeaders.length > 0 && !csrfHeaders.some((name) => headers[name] !== undefined)) throw refused(`a GET needs one of these headers: ${csrfHeaders.join(', ')}`);
      if (origin !== undefined && isAllowed(origin)) return;
      const foreign = origin === undefined ? headers['sec-fetch-site'] === 'cross-site' : !isSameHost(origin, headers.host);
      if (foreign) throw refused('pages of this origin may not use this router');
    },
    decorate(request, response) {
      const { origin } = request.headers;
      const isPreflight = request.method === 'OPTIONS';
      response.setHeader('vary', isPreflight ? `${vary}, ${PREFLIGHT}` : vary);
      if (origin === undefined || !isAllowed(origin)) return;
      response.setHeader('access-control-allow-origin', everyone ? '*' : origin);
      if (cors.credentials) response.setHeader('access-control-allow-credentials', 'true');
      if (!isPreflight) return void response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
      response.setHeader('access-control-allow-methods', METHODS);
      response.setHeader('access-control-allow-headers', cors.headers.length > 0 ? cors.headers.join(', ') : (request.headers['access-control-request-headers'] ?? 'content-type, authorization, x-api-key'));
      response.setHeader('access-control-max-age', String(cors.maxAgeSeconds));
    },
  };
}

function refused(message: string): RequestRefused {
  return RequestRefused.because(403, 'CROSS_SITE_REQUEST_REFUSED', message);
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
