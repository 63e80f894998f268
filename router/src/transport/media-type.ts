// What a client accepts (RFC 9110 §12.5.1) among what a GraphQL answer can be. Without a wish it gets application/json.

import { parsePreferences, type Preference } from './qualities.ts';

export const RESPONSE_JSON = 'application/graphql-response+json';
export const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';

export type AnswerType = typeof RESPONSE_JSON | typeof JSON_TYPE | typeof EVENT_STREAM;

/** In the order that settles a tie: `*` means application/json. */
const OFFERED: readonly AnswerType[] = [JSON_TYPE, RESPONSE_JSON, EVENT_STREAM];

/**
 * Chooses the type of an answer.
 *
 * For each type the most precise range that names it counts, so `application/json;q=0, *` excludes application/json. Among
 * equal qualities the more precise range wins, then the one that comes first.
 *
 * @returns undefined when nothing on offer is acceptable.
 */
export function negotiate<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined;
export function negotiate(accept: string | undefined): AnswerType | undefined;
export function negotiate(accept: string | undefined, offered: readonly string[] = OFFERED): string | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = parsePreferences(accept).filter(isReadable);
  let best: Match | undefined;
  for (const type of offered) {
    const match = matchOf(type, ranges);
    if (match && match.quality > 0 && (!best || isBetter(match, best))) best = match;
  }
  return best?.type;
}

interface Match {
  readonly type: string;
  readonly quality: number;
  /** 2 names the type itself, 1 its family, 0 anything. */
  readonly precision: number;
  readonly place: number;
}

function matchOf(type: string, ranges: readonly Preference[]): Match | undefined {
  let best: Match | undefined;
  ranges.forEach(({ range, quality }, place) => {
    const precision = range === type ? 2 : range === `${type.slice(0, type.indexOf('/'))}/*` ? 1 : range === '*/*' || range === '*' ? 0 : -1;
    if (precision >= 0 && (!best || precision > best.precision)) best = { type, quality, precision, place };
  });
  return best;
}

function isBetter(a: Match, b: Match): boolean {
  if (a.quality !== b.quality) return a.quality > b.quality;
  return a.precision !== b.precision ? a.precision > b.precision : a.place < b.place;
}

/** Answers are UTF-8; a range that asks for another charset names nothing on offer. */
function isReadable({ parameters }: Preference): boolean {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}
