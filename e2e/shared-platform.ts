// One platform for all stories that leave it as they found it. Stories that kill or restart things start their own.

import { startPlatform, type Platform, type PlatformFacts } from '@mib/testkit/platform';

declare global {
  // jest hands globalSetup's globals to globalTeardown of the same process.
  var mibSharedPlatform: Platform | undefined;
}

const VARIABLE = 'MIB_E2E_PLATFORM';

export default async function startShared(): Promise<void> {
  const platform = await startPlatform();
  globalThis.mibSharedPlatform = platform;
  const facts: PlatformFacts & { dataDirectory: string } = { url: platform.url, demo: platform.demo, pids: platform.pids, dataDirectory: platform.dataDirectory };
  process.env[VARIABLE] = JSON.stringify(facts);
}

/** For stories: the running platform. */
export function sharedPlatform(): PlatformFacts & { readonly dataDirectory: string } {
  const facts = process.env[VARIABLE];
  if (!facts) throw new Error(`${VARIABLE} is not set: run the stories through jest.config.js`);
  return JSON.parse(facts) as PlatformFacts & { readonly dataDirectory: string };
}
