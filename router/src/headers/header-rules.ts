// Which headers each subgraph gets, by the rules of the settings file. Rules without a client's header in them are worked
// out once.

import type { IncomingHttpHeaders } from 'node:http';
import { ConfigError } from '@mib/service/config';
import type { HeaderRule, HeadersConfig } from './headers-config.ts';

type Headers = Readonly<Record<string, string>>;

export interface HeaderRules {
  /** What of a client's headers any rule names. */
  readonly select: (headers: IncomingHttpHeaders) => Headers;
  /** @param client - as {@link select} left them. */
  readonly forSubgraph: (name: string, client: Headers) => Headers;
}

const NONE: Headers = {};

/**
 * @param environment - where `valueFrom` looks.
 * @throws {ConfigError} for a variable that is not set.
 */
export function createHeaderRules({ all, subgraphs }: HeadersConfig, environment: NodeJS.ProcessEnv): HeaderRules {
  const resolve = (rule: HeaderRule): HeaderRule => (rule.valueFrom === undefined ? rule : { ...rule, value: valueOf(rule.valueFrom, environment) });
  const common = all.map(resolve);
  const commonRules = compile(common);
  const bySubgraph = new Map(Object.entries(subgraphs).map(([name, rules]) => [name, compile([...common, ...rules.map(resolve)])]));
  const names = [...new Set([...all, ...Object.values(subgraphs).flat()].flatMap(({ propagate }) => propagate ?? []))];
  return {
    select: names.length === 0 ? () => NONE : (headers) => pick(headers, names),
    forSubgraph: (name, client) => (bySubgraph.get(name) ?? commonRules)(client),
  };
}

function valueOf(variable: string, environment: NodeJS.ProcessEnv): string {
  const value = environment[variable];
  if (value === undefined || !/^[\t\x20-\x7e]+$/.test(value)) throw new ConfigError(`${variable}, which a header rule names, must be set to one line of ASCII`);
  return value;
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Headers {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) picked[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return picked;
}

function compile(rules: readonly HeaderRule[]): (client: Headers) => Headers {
  if (rules.some(({ propagate }) => propagate !== undefined)) return (client) => run(rules, client);
  const fixed = run(rules, NONE);
  return () => fixed;
}

function run(rules: readonly HeaderRule[], client: Headers): Headers {
  const headers = new Map<string, string>();
  for (const { propagate, default: fallback, rename, to, insert, value, remove } of rules) {
    if (propagate !== undefined) set(headers, propagate, client[propagate] ?? fallback);
    if (rename !== undefined) {
      set(headers, to!, headers.get(rename));
      headers.delete(rename);
    }
    if (insert !== undefined) set(headers, insert, value);
    if (remove !== undefined) headers.delete(remove);
  }
  return Object.fromEntries(headers);
}

function set(headers: Map<string, string>, name: string, value: string | undefined): void {
  if (value !== undefined) headers.set(name, value);
}
