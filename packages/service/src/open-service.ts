// Opening a service is opening many things in an order, and closing them in the reverse one: on the way out, and also when
// one of them cannot be opened.

import type { RunningService } from './lifecycle.ts';

/** Puts a resource in charge of the service, to be closed before everything kept earlier; answers it. */
export type Keep = <T extends AsyncDisposable>(resource: T) => T;

/** @throws what `wire` threw, after everything kept until then has been closed. */
export async function openService(wire: (keep: Keep) => Promise<RunningService>): Promise<RunningService> {
  const opened: AsyncDisposable[] = [];
  const keep: Keep = (resource) => {
    opened.unshift(resource);
    return resource;
  };
  try {
    const { url, health } = await wire(keep);
    return { url, health, [Symbol.asyncDispose]: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Closes all even when one fails, then throws the first failure. */
async function closeAll(opened: readonly AsyncDisposable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const resource of opened) await Promise.resolve(resource[Symbol.asyncDispose]()).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
