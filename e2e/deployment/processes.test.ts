// Every process is observable: its pages answer, its figures are Prometheus text, its log is JSON a line.

import { describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '@mib/launcher/topology';
import { sharedPlatform } from '../shared-platform.ts';
import { graphql } from '@mib/testkit/graphql';
import { loggingProcesses, logLinesOf, metricsUrls, type LogLine } from './platform-processes.ts';

const SERVICES = ['engine', 'router', ...SUBGRAPHS];
const SECRET_VALUE = /postgresql:\/\/[^@\s]+:[^@\s*]+@|mib_[a-z0-9]+_[A-Za-z0-9_-]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]+/;

describe('a running platform', () => {
  it.each(SERVICES)('shows live, ready and its figures: %s', async (service) => {
    const url = metricsUrls()[service];
    expect({ service, url }).toEqual({ service, url: expect.any(String) });
    const answers = await Promise.all(['/healthz', '/readyz', '/metrics'].map((page) => fetch(new URL(page, url))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const text = await answers[2]!.text();
    expect(text).toMatch(/^process_cpu_seconds_total\{service="[\w-]+"\} [\d.]+$/m);
    expect(text).toContain(`mib_ready{service="${service}"} 1`);
    expect(ownMetrics(text)).not.toEqual([]);
  });

  it('counts what a client asks in the router and in the subgraph', async () => {
    const before = await requests();
    expect((await graphql(sharedPlatform().url, { query: '{ roles { name } }' })).errors).toBeUndefined();
    const after = await requests();
    expect(after.router).toBeGreaterThan(before.router);
    expect(after['auth-service']).toBeGreaterThan(before['auth-service']);
  });

  it('logs one JSON object a line, with level, time, service and message, and no credentials', () => {
    expect(loggingProcesses()).toEqual(expect.arrayContaining(['engine', 'router', 'subgraphs']));
    for (const name of loggingProcesses()) {
      for (const line of logLinesOf(name)) {
        expect({ name, entry: JSON.parse(line) as LogLine }).toEqual({ name, entry: expect.objectContaining({ level: expect.any(String), time: expect.any(String), service: expect.any(String), msg: expect.any(String) }) });
        expect(line).not.toMatch(SECRET_VALUE);
      }
    }
    const speaking = new Set(loggingProcesses().flatMap((name) => logLinesOf(name).map((line) => (JSON.parse(line) as LogLine).service)));
    expect([...speaking]).toEqual(expect.arrayContaining(SERVICES));
  });
});

/** Names of this project's own metrics that have a value. */
function ownMetrics(text: string): string[] {
  return [...text.matchAll(/^(mib_\w+)(?:\{[^}]*\})? [\d.e+-]+$/gm)].map((match) => match[1]!).filter((name) => name !== 'mib_ready');
}

async function requests(): Promise<{ router: number; 'auth-service': number }> {
  const urls = metricsUrls();
  const count = async (service: string) => {
    const text = await (await fetch(urls[service]!)).text();
    return [...text.matchAll(/^mib_graphql_request_seconds_count\{[^}]*\} (\d+)$/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
  };
  return { router: await count('router'), 'auth-service': await count('auth-service') };
}
