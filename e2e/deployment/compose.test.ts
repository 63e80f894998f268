// docker-compose.yml is the launcher's topology in other words: a subgraph that is added there and forgotten here, or a
// variable that the launcher begins to pass, fails a test.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENGINE_ENTRY, HEAP_MIB, MIGRATE_ENTRY, PUBLIC_PORT, ROUTER_ENTRY, SUBGRAPHS, subgraphEntry } from '@mib/launcher/topology';
import { REPOSITORY } from '@mib/testkit/repository';
import { DCLinter } from 'dclint';
import { COMPOSE_FILE, COMPOSE_TEXT, readCompose, TEST_SECRETS, VARIABLE, type ComposeService } from './compose.ts';
import { environmentOf } from './platform-processes.ts';

const SERVICES = readCompose(TEST_SECRETS);
const PROCESSES = ['engine', 'router', ...SUBGRAPHS];
const PARTS = ['postgres', 'redis', 'redpanda', 'prometheus', 'grafana'];
interface Finding {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
}
/** Only a development platform has a demo user, and only the shared host has several ports. */
const DEVELOPMENT_ONLY = ['MIB_DEMO_EMAIL', 'MIB_DEMO_PASSWORD', 'SUBGRAPH_PORTS'];
/** Order by start, and merge keys first, read better than the alphabet. */
const LINT_RULES = {
  'services-alphabetical-order': 0,
  'service-dependencies-alphabetical-order': 0,
  'service-keys-order': [1, { groups: { 'Core Definitions': ['<<', 'image', 'build', 'container_name'] } }],
} as const;

describe('docker-compose.yml', () => {
  it('fits the compose schema and the linter', () => {
    const results = new DCLinter({ rules: LINT_RULES, quiet: true, debug: false, exclude: [] }).lintFiles([COMPOSE_FILE], false) as { messages: Finding[] }[];
    expect(results).toHaveLength(1);
    expect(results[0]!.messages.map(({ rule, line, message }) => `${line} ${rule}: ${message}`)).toEqual([]);
  });

  it('has every process of the launcher, the migration, and the parts a cluster brings', () => {
    expect(Object.keys(SERVICES).sort()).toEqual([...PROCESSES, 'migrate', ...PARTS].sort());
  });

  it.each([
    ['migrate', MIGRATE_ENTRY, undefined],
    ['engine', ENGINE_ENTRY, HEAP_MIB.engine],
    ['router', ROUTER_ENTRY, HEAP_MIB.router],
    ...SUBGRAPHS.map((name) => [name, subgraphEntry(name), HEAP_MIB.subgraph] as const),
  ])('runs %s by the same entry and heap', (name, entry, heapMib) => {
    expect(SERVICES[name]!.command).toEqual([...(heapMib === undefined ? [] : [`--max-old-space-size=${heapMib}`]), entry]);
    if (heapMib !== undefined) expect(memoryMib(SERVICES[name]!)).toBeGreaterThan(heapMib * 1.5);
  });

  it.each(PROCESSES)('gives %s every variable that the launcher gives it', (name) => {
    const launched = Object.keys(environmentOf((SUBGRAPHS as readonly string[]).includes(name) ? 'subgraphs' : name));
    const needed = [...launched.filter((variable) => !DEVELOPMENT_ONLY.includes(variable)), 'PORT', 'HOST'];
    expect(Object.keys(SERVICES[name]!.environment ?? {})).toEqual(expect.arrayContaining(needed));
    expect(SERVICES[name]!.environment).toMatchObject({ MIB_ENVIRONMENT: 'production', HOST: '0.0.0.0' });
  });

  it('points everything at the port where it listens', () => {
    const at = (name: string) => `${name}:${SERVICES[name]!.environment!['PORT']}`;
    const { SUBGRAPH_URLS, AUTH_URL, PORT } = SERVICES['router']!.environment!;
    expect(JSON.parse(SUBGRAPH_URLS!)).toEqual(Object.fromEntries(SUBGRAPHS.map((name) => [name, `http://${at(name)}/graphql`])));
    expect(AUTH_URL).toBe(`http://${at('auth-service')}`);
    expect(Number(PORT)).toBe(PUBLIC_PORT);
    for (const name of SUBGRAPHS) expect(SERVICES[name]!.environment!['ENGINE_ADDRESS']).toBe(at('engine'));
  });

  it('has no default for a secret and refuses to start without one', () => {
    const optional = [...COMPOSE_TEXT.matchAll(VARIABLE)].filter(([, name, operator]) => /SECRET|TOKEN|PASSWORD/.test(name!) && operator !== '?');
    expect(optional.map(([text]) => text)).toEqual([]);
    for (const name of Object.keys(TEST_SECRETS)) expect(() => readCompose({ ...TEST_SECRETS, [name]: '' })).toThrow(name);
  });

  it('publishes unique ports on loopback only, and keeps data and events off every host port', () => {
    const ports = Object.values(SERVICES).flatMap((service) => service.ports ?? []).map((text) => text.split(':'));
    expect(ports.every(([address]) => address === '127.0.0.1')).toBe(true);
    expect(new Set(ports.map(([, port]) => port)).size).toBe(ports.length);
    expect(Object.keys(SERVICES).filter((name) => SERVICES[name]!.ports).sort()).toEqual(['grafana', 'prometheus', 'router']);
  });

  it('passes the feeds of .env on, none by default, and lets data-ingestion alone out to them', () => {
    const feeds = 'binance:BTCUSDT,kraken:BTC/USD';
    expect([SERVICES, readCompose({ ...TEST_SECRETS, MIB_FEEDS: feeds })].map((services) => services['data-ingestion']!.environment!['MIB_FEEDS'])).toEqual(['', feeds]);
    expect(PROCESSES.filter((name) => SERVICES[name]!.networks.includes('feeds'))).toEqual(['data-ingestion']);
  });

  it('starts in the order of the launcher', () => {
    expect(SERVICES['migrate']!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of SUBGRAPHS) {
      expect(SERVICES[name]!.depends_on).toMatchObject({ engine: { condition: 'service_healthy' }, migrate: { condition: 'service_completed_successfully' } });
    }
    expect(SERVICES['router']!.depends_on).toEqual(Object.fromEntries(SUBGRAPHS.map((name) => [name, { condition: 'service_healthy' }])));
    for (const [name, service] of Object.entries(SERVICES)) {
      for (const other of Object.keys(service.depends_on ?? {})) expect({ name, other, known: other in SERVICES }).toEqual({ name, other, known: true });
    }
  });

  it('checks, bounds and confines every container', () => {
    for (const [name, service] of Object.entries(SERVICES)) {
      expect({ name, limits: service.deploy.resources.limits }).toEqual({ name, limits: { cpus: expect.any(String), memory: expect.any(String) } });
      expect({ name, options: service.security_opt }).toEqual({ name, options: ['no-new-privileges:true'] });
      if (name !== 'migrate') expect({ name, test: service.healthcheck.test, restart: service.restart }).toEqual({ name, test: expect.any(Array), restart: 'unless-stopped' });
    }
    for (const name of [...PROCESSES, 'migrate']) expect(SERVICES[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('mounts only folders that exist', () => {
    const mounted = Object.values(SERVICES).flatMap((service) => service.volumes ?? []).filter((volume) => volume.startsWith('./'));
    expect(mounted.length).toBeGreaterThan(0);
    expect(mounted.filter((volume) => !existsSync(path.join(REPOSITORY, volume.split(':')[0]!)))).toEqual([]);
  });
});

function memoryMib(service: ComposeService): number {
  const [, figure, unit] = /^(\d+)([MG])$/.exec(service.deploy.resources.limits.memory) ?? [];
  return Number(figure) * (unit === 'G' ? 1024 : 1);
}
