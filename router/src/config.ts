// What the router reads: command line, environment, and one optional settings file. Alone it needs `--supergraph FILE
// --port N` and nothing else; on the platform the launcher sets the variables. The file holds what has structure, one
// section a room, each described beside the code that it steers.

import { z } from 'zod';
import { clusterVariables, ConfigError, integerVariable, portVariable, readConfig } from '@mib/service/config';
import { weaknessOf } from '@mib/service/weak-secret';
import { admissionSection, rateLimitsSection } from './admission/admission-config.ts';
import { authenticationSection, authenticationVariables, readAuthentication, type AuthenticationConfig } from './authenticate/authentication-config.ts';
import { authorizationSection } from './authorize/authorization-config.ts';
import { readConfigFile } from './config-file.ts';
import { costSection } from './cost/cost-config.ts';
import { completeDocuments, documentsSection } from './documents/documents-config.ts';
import { createTraffic, trafficSection, type TrafficPolicy } from './execute/traffic-config.ts';
import { headersSection } from './headers/headers-config.ts';
import { createHeaderRules, type HeaderRules } from './headers/header-rules.ts';
import { observeSection } from './observe/observe-config.ts';
import { readTracing, tracingVariables, type TracingConfig } from './observe/tracing-config.ts';
import { limitsSection } from './parse/limits-config.ts';
import { overridesSection } from './plan/overrides-config.ts';
import { planningSection } from './plan/planning-config.ts';
import { reloadSection } from './reload/reload-config.ts';
import { restSection } from './rest/rest-config.ts';
import { completeSubscriptions, subscriptionsSection } from './subscribe/subscriptions-config.ts';
import { httpSection, httpSettings, isOrigin, type HttpSettings } from './transport/http-config.ts';

/** The settings file; a section that is absent has its defaults. */
const settingsFile = z.strictObject({
  documents: documentsSection.prefault({}),
  http: httpSection.prefault({}),
  admission: admissionSection.prefault({}),
  authentication: authenticationSection.prefault({}),
  authorization: authorizationSection.prefault({}),
  cost: costSection.prefault({}),
  headers: headersSection.prefault({}),
  limits: limitsSection.prefault({}),
  observe: observeSection.prefault({}),
  overrides: overridesSection.prefault({}),
  planning: planningSection.prefault({}),
  rateLimits: rateLimitsSection.prefault({}),
  reload: reloadSection.prefault({}),
  rest: restSection.prefault({}),
  subscriptions: subscriptionsSection.prefault({}),
  traffic: trafficSection.prefault({}),
});

export interface RouterConfig extends Omit<z.infer<typeof settingsFile>, 'authentication' | 'headers' | 'traffic'> {
  readonly host: string;
  readonly port: number;
  readonly supergraphFile: string;
  /** By subgraph name; others keep the URL of the supergraph. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  /** Absent: everyone is anonymous. */
  readonly authentication: AuthenticationConfig | undefined;
  readonly headers: HeaderRules;
  /** Present: subgraphs get a signed statement of who asks. */
  readonly internalSecret: string | undefined;
  readonly environment: 'development' | 'production';
  readonly http: HttpSettings;
  /** By subgraph name. */
  readonly traffic: (subgraph: string) => TrafficPolicy;
  readonly shareIdentical: boolean;
  /** Present: rate limits are counted there, with all other routers. */
  readonly redisUrl: string | undefined;
  /** Absent: nothing is traced. */
  readonly tracing: TracingConfig | undefined;
  readonly logLevel: string;
}

const DEFAULT_SUPERGRAPH = new URL('../supergraph.graphql', import.meta.url).pathname;
/** Of the platform's own clients; generated from sdk/operations. */
const DEFAULT_MANIFEST = new URL('../trusted-documents.json', import.meta.url).pathname;
/** Fit the platform's supergraph, no other. */
const DEFAULT_POLICIES = new URL('../subscriptions.json', import.meta.url).pathname;
const DEFAULT_REST_OPERATIONS = new URL('../rest', import.meta.url).pathname;
const SECRET_CHARACTERS = 32;

const variables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portVariable().default(4000),
  SUPERGRAPH: z.string().default(DEFAULT_SUPERGRAPH),
  SUBGRAPH_URLS: z.string().default('{}'),
  ...authenticationVariables,
  MIB_INTERNAL_SECRET: z.string().min(SECRET_CHARACTERS, `must have at least ${SECRET_CHARACTERS} characters`).optional(),
  MIB_ENVIRONMENT: z.enum(['development', 'production'], 'must be development or production').default('development'),
  CORS_ORIGINS: z.string().default('').transform((text) => text.split(',').map((origin) => origin.trim()).filter((origin) => origin !== '')).refine((origins) => origins.every(isOrigin), 'must list origins such as https://app.example'),
  SUBGRAPH_TIMEOUT_MS: integerVariable(1, 600_000).default(10_000),
  MAX_BODY_BYTES: integerVariable(1_000, 100_000_000).default(1_000_000),
  ROUTER_CONFIG: z.string().optional(),
  REDIS_URL: clusterVariables.shape.REDIS_URL,
  ...tracingVariables,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be a pino level').default('info'),
});

/** @throws {ConfigError} naming what does not fit. */
export function readRouterConfig(env: NodeJS.ProcessEnv, argv: readonly string[]): RouterConfig {
  const values = readConfig(variables, { ...env, ...commandLine(argv) });
  const secret = values.MIB_INTERNAL_SECRET;
  const weakness = secret !== undefined && values.MIB_ENVIRONMENT !== 'development' ? weaknessOf(secret) : undefined;
  if (weakness !== undefined) throw new ConfigError(`MIB_INTERNAL_SECRET ${weakness}`);
  const settings = readConfigFile(settingsFile, values.ROUTER_CONFIG);
  const { introspection = values.MIB_ENVIRONMENT === 'development' } = settings.limits;
  return {
    ...settings,
    documents: completeDocuments(settings.documents, values.SUPERGRAPH === DEFAULT_SUPERGRAPH ? DEFAULT_MANIFEST : undefined),
    limits: { ...settings.limits, introspection },
    host: values.HOST,
    port: values.PORT,
    supergraphFile: values.SUPERGRAPH,
    subgraphUrls: parseSubgraphUrls(values.SUBGRAPH_URLS),
    authentication: readAuthentication(settings.authentication, values, secret),
    headers: createHeaderRules(settings.headers, env),
    internalSecret: secret,
    environment: values.MIB_ENVIRONMENT,
    rest: { ...settings.rest, operations: settings.rest.operations ?? (values.SUPERGRAPH === DEFAULT_SUPERGRAPH ? DEFAULT_REST_OPERATIONS : undefined) },
    subscriptions: completeSubscriptions(settings.subscriptions, values.SUPERGRAPH === DEFAULT_SUPERGRAPH ? DEFAULT_POLICIES : undefined),
    http: httpSettings(settings.http, { origins: values.CORS_ORIGINS, maxBodyBytes: values.MAX_BODY_BYTES }),
    traffic: createTraffic(settings.traffic, values.SUBGRAPH_TIMEOUT_MS),
    shareIdentical: settings.traffic.shareIdentical,
    redisUrl: values.REDIS_URL,
    tracing: readTracing(values, settings.observe),
    logLevel: values.LOG_LEVEL,
  };
}

const OPTIONS: Readonly<Record<string, string>> = { '--supergraph': 'SUPERGRAPH', '--port': 'PORT', '--host': 'HOST', '--config': 'ROUTER_CONFIG' };

function commandLine(argv: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (let index = 0; index < argv.length; index += 2) {
    const [option = '', value] = [argv[index], argv[index + 1]];
    const name = OPTIONS[option];
    if (name === undefined || value === undefined) throw new ConfigError(`usage: main.js [--supergraph FILE] [--port N] [--host ADDRESS] [--config FILE], was ${JSON.stringify(argv.join(' '))}`);
    values[name] = value;
  }
  return values;
}

function parseSubgraphUrls(text: string): Readonly<Record<string, string>> {
  const result = z.record(z.string(), z.url()).safeParse(safeJson(text));
  if (!result.success) throw new ConfigError('SUBGRAPH_URLS must be JSON {"name": "url"}');
  return result.data;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
