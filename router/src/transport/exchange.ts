// What every door of this port reads from a request, and how every one of them says no.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientOrigin } from '@mib/service/client-origin';
import type { Credentials } from '../authenticate/authenticator.ts';
import { RequestRefused } from '../respond/graph-error.ts';

/** For 429 and 503 that do not say when to come back. */
const RETRY_AFTER_SECONDS = 1;

/** A bug is logged and shown as nothing but INTERNAL. */
export function asRefusal(error: unknown, onFault: (error: unknown) => void): RequestRefused {
  if (error instanceof RequestRefused) return error;
  onFault(error);
  return RequestRefused.because(500, 'INTERNAL', 'internal error');
}

export function codeOf(refusal: RequestRefused): string {
  return refusal.errors[0]?.extensions.code ?? 'INTERNAL';
}

/** The headers that belong to a status (RFC 9110 §11.6.1, §10.2.1, §10.2.3, §15.5.16). */
export function setRefusalHeaders(response: ServerResponse, status: number, refusal: RequestRefused, allowed: string): void {
  if (response.headersSent) return;
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status === 405) response.setHeader('allow', allowed);
  if (status === 415) response.setHeader('accept-encoding', 'identity');
  if (status === 429 || status === 503) response.setHeader('retry-after', String(Math.ceil(refusal.retryAfterSeconds ?? RETRY_AFTER_SECONDS)));
}

export function credentialsOf(request: IncomingMessage): Credentials {
  return { authorization: request.headers.authorization, apiKey: singleHeader(request, 'x-api-key'), headers: request.headers };
}

/** The peer of the connection; no forwarding header is believed, for no proxy is configured. */
export function originOf(request: IncomingMessage): ClientOrigin {
  const { remoteAddress } = request.socket;
  const userAgent = request.headers['user-agent'];
  return { ...(remoteAddress !== undefined && { clientIp: remoteAddress.replace(/^::ffff:/, '') }), ...(userAgent !== undefined && { userAgent }) };
}

/** Fires when the client goes away before its answer is complete. */
export function signalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
