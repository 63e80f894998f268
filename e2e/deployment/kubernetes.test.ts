// The manifests of deployments/kubernetes: each valid against Kubernetes' own schema, together the launcher's topology.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENGINE_ENTRY, HEAP_MIB, MIGRATE_ENTRY, ROUTER_ENTRY, SUBGRAPHS, subgraphEntry } from '@mib/launcher/topology';
import { REPOSITORY } from '@mib/testkit/repository';
import { parse, parseAllDocuments } from 'yaml';
import { environmentOf } from './platform-processes.ts';

interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly items: readonly { readonly path: string }[] };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } } }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: unknown;
  readonly securityContext: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[]; readonly volumes: readonly Volume[] } }; readonly ports?: readonly { readonly port: number; readonly targetPort: string }[]; readonly selector?: unknown };
}

const FOLDER = path.join(REPOSITORY, 'deployments/kubernetes');
const KUSTOMIZATION = parse(readFileSync(path.join(FOLDER, 'kustomization.yaml'), 'utf8')) as { resources: string[]; images: { name: string }[] };
const MANIFESTS = KUSTOMIZATION.resources.flatMap((file) => parseAllDocuments(readFileSync(path.join(FOLDER, file), 'utf8')).map((document) => document.toJS() as Manifest));
const PROCESSES = ['engine', 'router', ...SUBGRAPHS];
const DEVELOPMENT_ONLY = ['MIB_DEMO_EMAIL', 'MIB_DEMO_PASSWORD', 'SUBGRAPH_PORTS'];
const SECRET_KEYS: Readonly<Record<string, string>> = { DATABASE_URL: 'database-url', ENGINE_TOKEN: 'engine-token', MIB_INTERNAL_SECRET: 'internal-secret', REDIS_URL: 'redis-url' };

describe('the Kubernetes manifests', () => {
  it.each(MANIFESTS.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))('%s is valid', async (_, manifest) => {
    const module = (await import(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`)) as Record<string, new (data: unknown) => { validate(): void }>;
    expect(() => new module[manifest.kind]!(manifest).validate()).not.toThrow();
  });

  it('are all listed in the kustomization', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
    expect([...KUSTOMIZATION.resources].sort()).toEqual(files.sort());
  });

  it('have one workload and one service for every process, and the migration', () => {
    expect(namesOf('Deployment').sort()).toEqual(['router', ...SUBGRAPHS].sort());
    expect(namesOf('StatefulSet')).toEqual(['engine']);
    expect(namesOf('Job')).toEqual(['migrate']);
    expect(namesOf('Service').sort()).toEqual([...PROCESSES].sort());
  });

  it.each([
    ['migrate', MIGRATE_ENTRY, undefined],
    ['engine', ENGINE_ENTRY, HEAP_MIB.engine],
    ['router', ROUTER_ENTRY, HEAP_MIB.router],
    ...SUBGRAPHS.map((name) => [name, subgraphEntry(name), HEAP_MIB.subgraph] as const),
  ])('run %s by the same entry and heap, from the one image', (name, entry, heapMib) => {
    expect(containerOf(name).args).toEqual([...(heapMib === undefined ? [] : [`--max-old-space-size=${heapMib}`]), entry]);
    expect(KUSTOMIZATION.images.map((image) => image.name)).toEqual([containerOf(name).image]);
  });

  it.each(PROCESSES)('give %s every variable that the launcher gives it, secrets by reference', (name) => {
    const launched = Object.keys(environmentOf((SUBGRAPHS as readonly string[]).includes(name) ? 'subgraphs' : name));
    const { env = [], envFrom } = containerOf(name);
    expect(envFrom).toEqual([{ configMapRef: { name: 'mib-platform' } }]);
    const given = [...Object.keys(one('ConfigMap', 'mib-platform').data!), ...env.map((variable) => variable.name)];
    expect(given).toEqual(expect.arrayContaining(launched.filter((variable) => !DEVELOPMENT_ONLY.includes(variable))));
    for (const variable of env.filter((candidate) => candidate.name in SECRET_KEYS)) expect(variable.valueFrom?.secretKeyRef).toEqual({ name: 'mib-secrets', key: SECRET_KEYS[variable.name] });
  });

  it('name the feeds that data-ingestion follows, none by default', () => {
    expect(one('ConfigMap', 'mib-platform').data).toMatchObject({ MIB_FEEDS: '' });
  });

  it('hold no secret value', () => {
    expect(namesOf('Secret')).toEqual([]);
    expect(Object.keys(one('ConfigMap', 'mib-platform').data!).filter((name) => name in SECRET_KEYS)).toEqual([]);
  });

  it('point everything at the service and port where it listens', () => {
    const { SUBGRAPH_URLS, AUTH_URL, ENGINE_ADDRESS } = one('ConfigMap', 'mib-platform').data!;
    const at = (name: string, port: string) => {
      const served = one('Service', name).spec!.ports!.find(({ targetPort }) => targetPort === port);
      const listening = containerOf(name).ports!.find((candidate) => candidate.name === port)!.containerPort;
      expect(containerOf(name).env).toContainEqual({ name: port === 'metrics' ? 'ENGINE_METRICS_PORT' : 'PORT', value: `${listening}` });
      return `${name}:${served!.port}`;
    };
    expect(JSON.parse(SUBGRAPH_URLS!)).toEqual(Object.fromEntries(SUBGRAPHS.map((name) => [name, `http://${at(name, 'http')}/graphql`])));
    expect(AUTH_URL).toBe(`http://${at('auth-service', 'http')}`);
    expect(ENGINE_ADDRESS).toBe(at('engine', 'grpc'));
    expect([at('engine', 'metrics'), at('router', 'http')]).toEqual(['engine:9464', 'router:4000']);
  });

  it('give the engine its certificate and key, and every subgraph the authority only', () => {
    const mounted = (name: string) => podOf(name).volumes.flatMap(({ name: volume, secret }) => (secret?.items ?? []).map(({ path: file }) => path.posix.join(containerOf(name).volumeMounts.find((mount) => mount.name === volume)!.mountPath, file)));
    const valueOf = (variable: string) => containerOf('engine').env!.find(({ name }) => name === variable)!.value;
    expect(mounted('engine')).toEqual([valueOf('ENGINE_TLS_CERT'), valueOf('ENGINE_TLS_KEY')]);
    for (const name of SUBGRAPHS) expect(mounted(name)).toEqual([one('ConfigMap', 'mib-platform').data!['ENGINE_TLS_CA']]);
  });

  it('probe, bound and confine every process', () => {
    for (const name of PROCESSES) {
      const port = name === 'engine' ? 'metrics' : 'http';
      expect(containerOf(name)).toMatchObject({ livenessProbe: { httpGet: { path: '/healthz', port } }, readinessProbe: { httpGet: { path: '/readyz', port } } });
    }
    for (const name of [...PROCESSES, 'migrate']) {
      expect(containerOf(name)).toMatchObject({
        resources: { requests: { cpu: expect.anything(), memory: expect.any(String) }, limits: { memory: expect.any(String) } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      });
      expect(podOf(name)).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } });
    }
  });

  it('give every subgraph one shape, but for the history of data-processor', () => {
    const history = /^.*(name: history|data-processor-history).*\n/gm;
    const shapes = SUBGRAPHS.map((name) => readFileSync(path.join(FOLDER, 'subgraphs', `${name}.yaml`), 'utf8').replace(name === 'data-processor' ? history : '', '').replaceAll(name, 'NAME'));
    expect(new Set(shapes).size).toBe(1);
  });

  it('let nothing in but what a policy names', () => {
    expect(namesOf('NetworkPolicy').sort()).toEqual(['deny-by-default', 'engine', 'router', 'subgraphs']);
    expect(one('NetworkPolicy', 'deny-by-default').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
  });
});

function namesOf(kind: string): string[] {
  return MANIFESTS.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);
}

function one(kind: string, name: string): Manifest {
  const found = MANIFESTS.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} manifests of ${kind} ${name}`);
  return found[0]!;
}

function podOf(name: string): { readonly containers: readonly Container[]; readonly volumes: readonly Volume[] } {
  const workload = MANIFESTS.find((manifest) => manifest.metadata.name === name && manifest.spec?.template);
  if (!workload) throw new Error(`no workload ${name}`);
  return workload.spec!.template!.spec;
}

function containerOf(name: string): Container {
  return podOf(name).containers[0]!;
}
