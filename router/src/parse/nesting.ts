// The parser calls itself for every bracket, so a document of nothing but brackets would exhaust the stack before any
// limit is looked at. This scan of the raw text comes first; it needs no stack, and skips comments and strings.

import { RequestRefused } from '../respond/graph-error.ts';
import type { LimitsConfig } from './limits-config.ts';

/** Brackets that values, arguments and inline fragments may add to those of nested fields. */
const BRACKETS_BESIDE_FIELDS = 100;

/** How deep brackets, fragments and fields together may nest. */
export function maxNesting({ maxDepth, maxIntrospectionDepth }: LimitsConfig): number {
  return Math.max(maxDepth, maxIntrospectionDepth) + BRACKETS_BESIDE_FIELDS;
}

/** @throws {RequestRefused} MAX_DEPTH_EXCEEDED */
export function enforceNesting(text: string, limits: LimitsConfig): void {
  const limit = maxNesting(limits);
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{': case '[': case '(':
        depth++;
        if (depth > limit) throw RequestRefused.because(400, 'MAX_DEPTH_EXCEEDED', `brackets may nest at most ${limit} deep`);
        break;
      case '}': case ']': case ')':
        depth--;
        break;
      case '#':
        at = endOfLine(text, at);
        break;
      case '"':
        at = text.startsWith('"""', at) ? endOfBlockString(text, at + 3) : endOfString(text, at + 1);
        break;
    }
  }
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** A string ends at its quote, or, being an error then, with its line. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n' && text[at] !== '\r') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function endOfBlockString(text: string, from: number): number {
  let at = text.indexOf('"""', from);
  while (at > 0 && text[at - 1] === '\\') at = text.indexOf('"""', at + 3);
  return at < 0 ? text.length : at + 2;
}
