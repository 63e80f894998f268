// What the shared platform's processes show an operator: the environment that the launcher gave them, their log, and
// where their metrics are.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { sharedPlatform } from '../shared-platform.ts';

export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly service: string;
  readonly msg: string;
  readonly url?: string;
  readonly metrics?: string;
}

/** Variables of the platform that a process was started with, from the kernel rather than from the launcher's word. */
export function environmentOf(processName: string): Readonly<Record<string, string>> {
  const pid = sharedPlatform().pids[processName];
  if (pid === undefined) throw new Error(`the platform has no process ${processName}`);
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter((entry) => OURS.test(entry));
  return Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}
const OURS = /^(HOST|PORT|LOG_LEVEL|DATABASE_URL|AUTH_URL|SUBGRAPH_\w+|ENGINE_\w+|MIB_\w+)=/;

/** Lines of the process's log that it has ended; PostgreSQL writes its own format and is no process of ours. */
export function logLinesOf(processName: string): readonly string[] {
  const text = readFileSync(path.join(sharedPlatform().dataDirectory, 'logs', `${processName}.log`), 'utf8');
  return text.split('\n').slice(0, -1);
}

export function loggingProcesses(): readonly string[] {
  return readdirSync(path.join(sharedPlatform().dataDirectory, 'logs')).filter((file) => file.endsWith('.log') && file !== 'postgres.log').map((file) => file.slice(0, -'.log'.length));
}

/** By service; every subgraph is one although they share a process here. */
export function metricsUrls(): Readonly<Record<string, string>> {
  const lines = ['engine', 'subgraphs'].flatMap((name) => logLinesOf(name).map((line) => JSON.parse(line) as LogLine));
  const engine = lines.find(({ metrics }) => metrics !== undefined);
  const subgraphs = lines.filter(({ msg }) => msg === 'subgraph ready').map(({ service, url }) => [service, new URL('/metrics', url).href]);
  return { engine: new URL('/metrics', engine?.metrics).href, router: new URL('/metrics', sharedPlatform().url).href, ...Object.fromEntries(subgraphs) };
}
