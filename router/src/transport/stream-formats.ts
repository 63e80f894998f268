// The two forms of a subscription over HTTP: server-sent events (graphql-sse, distinct connections mode) and multipart
// (Apollo's subscriptionSpec 1.0). A part of a multipart response counts only once the boundary behind it has come, so each
// is written with that boundary.

import type { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal } from '../respond/result.ts';
import type { StreamFormat } from './stream-response.ts';

const BOUNDARY = 'graphql';
const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--${BOUNDARY}`;

export const eventStream: StreamFormat = {
  headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  opening: ':\n\n',
  heartbeat: ':\n\n',
  next: (text) => Buffer.from(`event: next\ndata: ${text}\n\n`),
  end: (refusal) => `${refusal ? `event: next\ndata: ${writeRefusal(refusal.errors).text}\n\n` : ''}event: complete\ndata:\n\n`,
};

export const multipart: StreamFormat = {
  headers: { 'content-type': `multipart/mixed;boundary="${BOUNDARY}";subscriptionSpec="1.0"` },
  opening: `\r\n--${BOUNDARY}${part('{}')}`,
  heartbeat: part('{}'),
  next: (text) => Buffer.from(part(`{"payload":${text}}`)),
  end: (refusal) => `${refusal ? part(`{"payload":null,"errors":${JSON.stringify((refusal satisfies RequestRefused).errors)}}`) : ''}--\r\n`,
};

/** The form a client asks for its subscription; of two the one named first. */
export function streamFormatOf(accept: string | undefined): StreamFormat | undefined {
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((text) => text.trim());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    if (type === 'text/event-stream') return eventStream;
    if (type === 'multipart/mixed' && parameters.some((parameter) => /^subscriptionspec="?1\.0"?$/.test(parameter))) return multipart;
  }
  return undefined;
}
