// Several subgraphs in one process, each on a port of its own: what `npm start` does to save memory. They share nothing
// but the process; with --isolated each runs its own main.js instead.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readConfig } from '@mib/service/config';
import { Health } from '@mib/service/health';
import type { RunningService } from '@mib/service/lifecycle';
import { z } from 'zod';
import { REPOSITORY } from './config.ts';
import { subgraphModule } from './topology.ts';

interface SubgraphModule {
  start(env: NodeJS.ProcessEnv): Promise<RunningService>;
}

/** Ports by subgraph as JSON; 0 takes any free one. */
const variables = z.object({ SUBGRAPH_PORTS: z.string().transform((text) => z.record(z.string(), z.number()).parse(JSON.parse(text))) });

export async function startSubgraphHost(env: NodeJS.ProcessEnv): Promise<RunningService> {
  const ports = Object.entries(readConfig(variables, env).SUBGRAPH_PORTS);
  const outcomes = await Promise.allSettled(ports.map(([name, port]) => startOne(name, { ...env, PORT: String(port) })));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stopAll(running);
    throw failed.reason;
  }
  const health = new Health();
  for (const { name, service } of running) health.check(name, () => service.health.report().problems[0]);
  health.setReady(true);
  return {
    url: running[0]?.service.url ?? '',
    urls: Object.fromEntries(running.map(({ name, service }) => [name, service.url])),
    health,
    [Symbol.asyncDispose]: () => stopAll(running),
  };
}

interface Running {
  readonly name: string;
  readonly service: RunningService;
}

async function startOne(name: string, env: NodeJS.ProcessEnv): Promise<Running> {
  try {
    const module = (await import(pathToFileURL(path.join(REPOSITORY, subgraphModule(name))).href)) as SubgraphModule;
    return { name, service: await module.start(env) };
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

async function stopAll(running: readonly Running[]): Promise<void> {
  await Promise.all(running.map(({ service }) => service[Symbol.asyncDispose]()));
}
