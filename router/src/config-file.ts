// The optional settings file of the router, YAML or JSON (which is YAML too). Each room describes its own section; a name
// nobody knows is refused, since a misspelt limit that is silently ignored is no limit.

import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '@mib/service/config';

type Issue = z.core.$ZodIssue;

/** Values under such names are never echoed. */
const SECRET_NAMES = /secret|token|password|key|value/i;

/**
 * Reads the file through a schema; no file is an empty one.
 *
 * @throws {ConfigError} naming the file and every setting that is unknown or does not fit, e.g.
 * `router.yaml: limits.maxDepht is not a setting; limits.maxTokens must be a whole number 1..100000, was "x"`.
 */
export function readConfigFile<S extends z.ZodType>(schema: S, file: string | undefined): z.infer<S> {
  const given = file === undefined ? {} : (parseFile(file) ?? {});
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(`${file}: ${result.error.issues.flatMap((issue) => problems(issue, given)).join('; ')}`);
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser's message quotes the line, which may hold a secret: only the place is shown.
    const place = error instanceof YAMLParseError ? `is not YAML (line ${error.linePos?.[0].line ?? '?'})` : `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`;
    throw new ConfigError(`ROUTER_CONFIG ${file} ${place}`);
  }
}

function problems(issue: Issue, given: unknown): readonly string[] {
  const place = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${[...place, key].join('.')} is not a setting`);
  const value = issue.path.reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[name] : undefined), given);
  const name = place.length === 0 ? 'the file' : place.join('.');
  if (value === undefined) return [`${name} is required`];
  return [`${name} ${issue.message.startsWith('must') ? issue.message : `does not fit (${issue.message})`}, was ${shown(place, value)}`];
}

function shown(place: readonly string[], value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : value === null ? 'null' : 'an object';
  return place.some((name) => SECRET_NAMES.test(name)) ? 'a hidden value' : JSON.stringify(value);
}
