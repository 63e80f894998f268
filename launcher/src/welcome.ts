// What the launcher says once the platform is ready: a table for people, one JSON line for programs.

import type { Platform } from './launcher.ts';

export interface PlatformFacts {
  /** Seconds from start to ready. */
  readonly ready: number;
  /** Of the router, without a path. */
  readonly url: string;
  /** Pages of the router by name, and every subgraph's own URL under its name. */
  readonly urls: Readonly<Record<string, string>>;
  /** Absent in production. */
  readonly demo: { readonly email: string; readonly password: string } | null;
  readonly pids: Readonly<Record<string, number>>;
}

export function platformFacts(platform: Platform, readySeconds: number): PlatformFacts {
  return { ready: round(readySeconds), url: platform.url, urls: { ...pages(platform.url), ...platform.subgraphUrls }, demo: platform.demo ?? null, pids: platform.pids };
}

export function describePlatform(platform: Platform, readySeconds: number, stateDirectory: string): string {
  const { demo } = platform;
  const rows = [
    ...Object.entries(pages(platform.url)),
    ...(demo ? [['demo user', `${demo.email}  password ${demo.password}`] as const] : []),
    ['state, logs', stateDirectory],
    ['processes', Object.entries(platform.pids).map(([name, pid]) => `${name} ${pid}`).join(', ')],
  ] as const;
  const table = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`).join('\n');
  return `\nMarket Intel Brain\n\n${table}\n\nready in ${round(readySeconds)} s\n`;
}

function pages(url: string): Record<string, string> {
  return { graphql: `${url}/graphql`, graphiql: `${url}/graphiql`, readyz: `${url}/readyz`, metrics: `${url}/metrics` };
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
