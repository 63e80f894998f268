// What a client accepts (RFC 9110 §12.5.1) among what a GraphQL answer can be. Without a wish it gets application/json.

export const RESPONSE_JSON = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';

export type AnswerType = typeof RESPONSE_JSON | typeof JSON_TYPE | typeof EVENT_STREAM;

/** In the order a tie is settled: Any type means application/json. */
const OFFERED: readonly AnswerType[] = [JSON_TYPE, RESPONSE_JSON, EVENT_STREAM];

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** @returns undefined when nothing on offer is acceptable. */
export function negotiate(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept.trim() === '') return JSON_TYPE;
  const ranges = accept.split(',').map(parseRange).sort((a, b) => b.quality - a.quality);
  for (const { type, quality } of ranges) {
    if (quality <= 0) continue;
    const match = OFFERED.find((offered) => type === offered || type === '*/*' || (type.endsWith('/*') && offered.startsWith(type.slice(0, -1))));
    if (match) return match;
  }
  return undefined;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return { type, quality: 0 };
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
}
