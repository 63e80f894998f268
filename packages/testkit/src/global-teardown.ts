import { rm } from 'node:fs/promises';

export default async function globalTeardown(): Promise<void> {
  const started = globalThis.mibTestPostgres;
  if (!started) return;
  await started.server[Symbol.asyncDispose]();
  await rm(started.directory, { recursive: true, force: true });
}
