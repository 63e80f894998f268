// Rules and dashboards fail silently when a metric is renamed, so every name in them must be on a running platform's
// pages, and Prometheus' own tool must accept the rest.

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '@mib/launcher/topology';
import { REPOSITORY } from '@mib/testkit/repository';
import { parse } from 'yaml';
import { readCompose, TEST_SECRETS } from './compose.ts';
import { metricsUrls } from './platform-processes.ts';

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly { readonly id: number; readonly title: string; readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[] }[];
}

const MONITORING = path.join(REPOSITORY, 'monitoring');
const PROMETHEUS = path.join(MONITORING, 'prometheus');
const DASHBOARDS = readdirSync(path.join(MONITORING, 'grafana/dashboards')).map((file) => JSON.parse(readFileSync(path.join(MONITORING, 'grafana/dashboards', file), 'utf8')) as Dashboard);
const RULES = (parse(readFileSync(path.join(PROMETHEUS, 'alerts.yml'), 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] }).groups.flatMap(({ rules }) => rules);
/** Debian's `prometheus` has it; a developer may do without, CI may not. */
const PROMTOOL_MISSING = 'promtool is not installed (Debian package prometheus)';

describe('Prometheus', () => {
  it.each([
    ['check', 'config', 'prometheus.yml'],
    ['check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ])('promtool %s %s', async (...command) => {
    try {
      await promisify(execFile)('promtool', command, { cwd: PROMETHEUS });
    } catch (error) {
      const { code, stdout, stderr } = error as { code: unknown; stdout?: string; stderr?: string };
      if (code !== 'ENOENT') throw new Error(`${stdout}\n${stderr}`, { cause: error });
      if (process.env['CI']) throw new Error(PROMTOOL_MISSING, { cause: error });
      process.stderr.write(`NOT CHECKED: ${PROMTOOL_MISSING}\n`);
    }
  });

  it('scrapes every process of the composition where it listens', () => {
    const services = readCompose(TEST_SECRETS);
    const configuration = parse(readFileSync(path.join(PROMETHEUS, 'prometheus.yml'), 'utf8')) as { scrape_configs: { job_name: string; static_configs: { targets: string[]; labels: { service: string } }[] }[] };
    const scraped = configuration.scrape_configs.filter(({ job_name }) => job_name !== 'prometheus').flatMap((job) => job.static_configs.map(({ targets, labels }) => [labels.service, targets] as const));
    const listening = ['engine', 'router', ...SUBGRAPHS].map((name) => {
      const environment = services[name]!.environment!;
      return [name, [`${name}:${environment['ENGINE_METRICS_PORT'] ?? environment['PORT']}`]] as const;
    });
    expect(Object.fromEntries(scraped)).toEqual(Object.fromEntries(listening));
  });
});

describe('rules and dashboards', () => {
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    const pages = await Promise.all(Object.values(metricsUrls()).map(async (url) => (await fetch(url)).text()));
    known = new Set(['up', ...pages.flatMap(exposedNames)]);
  });

  it.each(RULES.map(({ alert, expr }) => [alert, expr]))('alert %s names metrics that exist', (_, expr) => {
    expect(unknownNames(expr!)).toEqual([]);
  });

  it.each(DASHBOARDS.flatMap(({ uid, panels }) => panels.map(({ title, id, targets }) => [`${uid} ${id} ${title}`, targets] as const)))('panel %s names metrics that exist', (_, targets) => {
    expect(targets.flatMap(({ expr }) => unknownNames(expr))).toEqual([]);
  });

  it('use the provisioned data source', () => {
    const { datasources } = parse(readFileSync(path.join(MONITORING, 'grafana/provisioning/datasources/prometheus.yml'), 'utf8')) as { datasources: { uid: string }[] };
    const used = new Set(DASHBOARDS.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource.uid))));
    expect([...used]).toEqual(datasources.map(({ uid }) => uid));
  });

  function unknownNames(expr: string): string[] {
    const names = [...expr.replaceAll(/"[^"]*"/g, '""').matchAll(/\b(up|(?:mib|process|nodejs)_\w+)\b/g)].map((match) => match[1]!);
    return [...names.filter((name) => !known.has(name)), ...(names.length === 0 ? [`nothing in ${expr}`] : [])];
  }
});

/** Names that a query may use: a histogram's parts, not its family. */
function exposedNames(page: string): string[] {
  return [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) => (type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => `${name}${part}`) : [name!]));
}
