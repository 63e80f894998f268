// docker-compose.yml as data: merge keys applied, variables filled in as the compose specification says.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '@mib/testkit/repository';
import { parse } from 'yaml';

export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly restart: string;
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
}

export const COMPOSE_FILE = path.join(REPOSITORY, 'docker-compose.yml');
export const COMPOSE_TEXT = readFileSync(COMPOSE_FILE, 'utf8');
/** `${NAME}`, `${NAME:-default}`, `${NAME:?complaint}`. */
export const VARIABLE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;

/** @throws {Error} for a required variable that `values` lacks, as `docker compose` does. */
export function readCompose(values: Readonly<Record<string, string>>): Readonly<Record<string, ComposeService>> {
  const filled = COMPOSE_TEXT.replaceAll(VARIABLE, (_, name: string, operator: string | undefined, text: string | undefined) => {
    const value = values[name];
    if (value) return value;
    if (operator === '?') throw new Error(`required variable ${name} is missing a value: ${text}`);
    return text ?? '';
  });
  return (parse(filled, { merge: true }) as { services: Record<string, ComposeService> }).services;
}

/** Long enough for every rule, recognisable in a failure. */
export const TEST_SECRETS = {
  MIB_INTERNAL_SECRET: 'kT7vQ2mZ9xR4bW8nL3pY6sD1fH5jG0cV',
  ENGINE_TOKEN: 'engine-token-of-tests-0123456789abcdef',
  ENGINE_TLS_DIR: '/engine-tls-of-tests',
  POSTGRES_PASSWORD: 'postgres-password-of-tests',
  REDIS_PASSWORD: 'redis-password-of-tests',
  GRAFANA_PASSWORD: 'grafana-password-of-tests',
} as const;
