// JSON from strangers, strictly: what two parsers could read differently (a name twice, bytes that are no UTF-8), what
// recursion downstream could trip over (depth) and what JavaScript could trip over (`__proto__`) is refused here, once.

import { isUtf8 } from 'node:buffer';
import { RequestRefused } from '../respond/graph-error.ts';

/** Input objects of real schemas nest a handful deep. */
export const MAX_JSON_DEPTH = 64;

/** @throws {RequestRefused} BAD_REQUEST naming `what`. */
export function readJson(bytes: Buffer, what: string): unknown {
  if (!isUtf8(bytes)) throw bad(`${what} must be UTF-8`);
  return parseJson(bytes.toString('utf8'), what);
}

/** @throws {RequestRefused} BAD_REQUEST naming `what`. */
export function parseJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad(`${what} must be JSON`);
  }
  if (typeof value === 'object' && value !== null && countMembers(value, what, 1) !== countNames(text)) throw bad(`${what} has an object with the same name twice`);
  return value;
}

/** Of all objects in `value`. */
function countMembers(value: object, what: string, depth: number): number {
  if (depth > MAX_JSON_DEPTH) throw bad(`${what} may nest at most ${MAX_JSON_DEPTH} deep`);
  let count = 0;
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) count += countMembers(member as object, what, depth + 1);
  if (Array.isArray(value)) return count;
  if (Object.hasOwn(value, '__proto__')) throw bad(`${what} may not use the name "__proto__"`);
  return count + Object.keys(value).length;
}

/** Strings before a colon, in text that is valid JSON: more of them than members means that one is hidden behind its double. */
function countNames(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    let after = endOfString(text, start);
    while (isSpace(text.charCodeAt(after))) after++;
    if (text[after] === ':') count++;
    start = text.indexOf('"', after);
  }
  return count;
}

/** @returns the index behind the closing quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

function bad(message: string): RequestRefused {
  return RequestRefused.because(400, 'BAD_REQUEST', message);
}
