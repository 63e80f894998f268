// Which web pages may use this router. A browser says where a request comes from; requests of other programs carry no
// such header and pass. A page of another site that is not on the list is refused before anything is read (CSRF), and a
// listed one gets CORS headers.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { RequestRefused } from '../respond/graph-error.ts';

export interface Origins {
  /** @throws {RequestRefused} 403 for a page of another site. */
  check(headers: IncomingHttpHeaders): void;
  /** Adds CORS headers where due. */
  decorate(request: IncomingMessage, response: ServerResponse): void;
}

const PREFLIGHT_CACHE_SECONDS = '7200';

/** @param allowed - origins such as `https://app.example`, or `*` for all. */
export function createOrigins(allowed: readonly string[]): Origins {
  const everyone = allowed.includes('*');
  const listed = new Set(allowed);
  const isAllowed = (origin: string): boolean => everyone || listed.has(origin);
  return {
    check(headers) {
      const { origin } = headers;
      const site = headers['sec-fetch-site'];
      if (origin !== undefined && isAllowed(origin)) return;
      const foreign = origin === undefined ? site === 'cross-site' : !isSameHost(origin, headers.host);
      if (foreign) throw RequestRefused.because(403, 'CROSS_SITE_REQUEST_REFUSED', 'pages of this origin may not use this router');
    },
    decorate(request, response) {
      const { origin } = request.headers;
      if (allowed.length === 0) return;
      response.setHeader('vary', 'origin');
      if (origin === undefined || !isAllowed(origin)) return;
      response.setHeader('access-control-allow-origin', everyone ? '*' : origin);
      if (request.method !== 'OPTIONS') return;
      response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
      response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'content-type, authorization, x-api-key');
      response.setHeader('access-control-max-age', PREFLIGHT_CACHE_SECONDS);
    },
  };
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
