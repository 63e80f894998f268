// Where a request came from, as the router saw it: two headers that it sets itself on every HTTP operation and never
// copies from a client. For records and rate limits, not for decisions about rights: they are not signed.

import type { IncomingHttpHeaders } from 'node:http';

export const CLIENT_IP_HEADER = 'x-mib-client-ip';
export const USER_AGENT_HEADER = 'x-mib-user-agent';

export interface ClientOrigin {
  readonly clientIp?: string;
  readonly userAgent?: string;
}

/** The rest of a longer one says nothing more. */
const MAX_CHARACTERS = 512;

/** Header values for a subgraph. */
export function originHeaders({ clientIp, userAgent }: ClientOrigin): Record<string, string> {
  return {
    ...(clientIp !== undefined && { [CLIENT_IP_HEADER]: clientIp.slice(0, MAX_CHARACTERS) }),
    ...(userAgent !== undefined && { [USER_AGENT_HEADER]: userAgent.slice(0, MAX_CHARACTERS) }),
  };
}

export function originFrom(headers: IncomingHttpHeaders): ClientOrigin {
  const [clientIp, userAgent] = [headers[CLIENT_IP_HEADER], headers[USER_AGENT_HEADER]];
  return { ...(typeof clientIp === 'string' && { clientIp }), ...(typeof userAgent === 'string' && { userAgent }) };
}
