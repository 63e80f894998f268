// The image is not built here (no container engine), so what can be known without one is: the linter is silent, and every
// file that a container runs or asks for is copied.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENGINE_ENTRY, MIGRATE_ENTRY, ROUTER_ENTRY, SUBGRAPHS, subgraphEntry } from '@mib/launcher/topology';
import { REPOSITORY } from '@mib/testkit/repository';
import { validate } from 'dockerfile-utils';

const DOCKERFILE = readFileSync(path.join(REPOSITORY, 'deployments/docker/Dockerfile'), 'utf8');
const RUN_STAGE = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM '));

describe('the Dockerfile', () => {
  it('has no finding of the linter', () => {
    expect(validate(DOCKERFILE).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  it('copies every entry and the probe into the image', () => {
    const copied = [...RUN_STAGE.matchAll(/^COPY (?:--from=\w+ )?(\S+) (\S+)$/gm)].map((match) => match[2]!);
    const needed = [MIGRATE_ENTRY, ENGINE_ENTRY, ROUTER_ENTRY, ...SUBGRAPHS.map(subgraphEntry), 'deployments/docker/probe.mjs', 'node_modules/graphql'];
    expect(needed.filter((file) => !copied.some((folder) => file === folder || file.startsWith(`${folder}/`)))).toEqual([]);
    for (const entry of needed.filter((file) => file !== 'node_modules/graphql')) expect({ entry, exists: existsSync(path.join(REPOSITORY, entry)) }).toEqual({ entry, exists: true });
  });

  it('installs from the lockfile, without development dependencies, and runs as nobody special', () => {
    expect(DOCKERFILE).not.toMatch(/npm (i|install)\b/);
    expect(DOCKERFILE).toContain('npm ci --omit=dev');
    expect(RUN_STAGE).toMatch(/^USER node$/m);
    expect(RUN_STAGE).toMatch(/^HEALTHCHECK .*\/healthz"\]$/m);
  });

  it('stands on a Node that package.json allows', () => {
    const { engines } = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as { engines: { node: string } };
    const major = Number(/^ARG NODE_VERSION=(\d+)/m.exec(DOCKERFILE)?.[1]);
    expect(major).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)?.[0]));
  });

  it('keeps results, state and secrets of this machine out of the build', () => {
    const ignored = readFileSync(path.join(REPOSITORY, '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/dist', '.mib', '.git', '.env*']));
  });
});
