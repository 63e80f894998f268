// The forms of a subscription over HTTP, server-sent events (graphql-sse, distinct connections mode) and multipart (Apollo's
// subscriptionSpec 1.0), and of an answer in parts. A part of a multipart response counts only once the boundary behind it has come, so each
// is written with that boundary.

import type { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal } from '../respond/result.ts';
import { remembering } from './remember.ts';
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

/** An answer with @defer in parts, by Apollo's deferSpec 20220824; as server-sent events it has the same payloads. */
export const deferredMultipart: StreamFormat = {
  headers: { 'content-type': `multipart/mixed;boundary="${BOUNDARY}";deferSpec=20220824` },
  opening: `\r\n--${BOUNDARY}`,
  heartbeat: '',
  next: (text) => Buffer.from(part(text)),
  end: (refusal) => `${refusal ? part(`{"errors":${JSON.stringify(refusal.errors)},"hasNext":false}`) : ''}--\r\n`,
};

/** The form a client asks for its subscription; of two the one named first. */
export const streamFormatOf = remembering((accept) =>
  firstNamed(accept, (type, parameters) => {
    if (type === 'text/event-stream') return eventStream;
    return type === 'multipart/mixed' && parameters.some((parameter) => /^subscriptionspec="?1\.0"?$/.test(parameter)) ? multipart : undefined;
  }),
);

/** The form in which a client takes an answer in parts; a bare multipart/mixed means the only one there is. */
export const partsFormatOf = remembering((accept) =>
  firstNamed(accept, (type, parameters) => {
    if (type === 'text/event-stream') return eventStream;
    const specification = parameters.find((parameter) => /^\w+spec=/.test(parameter));
    return type === 'multipart/mixed' && (specification === undefined || /^deferspec="?20220824"?$/.test(specification)) ? deferredMultipart : undefined;
  }),
);

function firstNamed(accept: string | undefined, formatOf: (type: string, parameters: readonly string[]) => StreamFormat | undefined): StreamFormat | undefined {
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((text) => text.trim());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    const format = formatOf(type, parameters);
    if (format) return format;
  }
  return undefined;
}
