// `npm start`: launches the platform, says where it is, and takes it down again on Ctrl-C.

import { readLauncherConfig } from './config.ts';
import { Platform } from './launcher.ts';
import { describePlatform, platformFacts } from './welcome.ts';

const startedMs = performance.now();
const stopping = new AbortController();
let platform: Platform | undefined;
let exitCode = 0;

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
await run();
process.exit(exitCode);

async function run(): Promise<void> {
  try {
    const config = readLauncherConfig(process.env, process.argv.slice(2));
    platform = await Platform.open({ config, report, onGiveUp, signal: stopping.signal });
    await platform.start();
    const readySeconds = (performance.now() - startedMs) / 1000;
    process.stdout.write(config.json ? `${JSON.stringify(platformFacts(platform, readySeconds))}\n` : describePlatform(platform, readySeconds, config.stateDirectory));
    await untilStopping();
  } catch (error) {
    if (!stopping.signal.aborted) {
      exitCode = 1;
      report((error as Error).message);
    }
  }
  if (!platform) return;
  report('stopping');
  await platform[Symbol.asyncDispose]();
  report('stopped');
}

/** The first signal drains, the second one kills. */
function stop(): void {
  if (stopping.signal.aborted) {
    platform?.kill();
    process.exit(130);
  }
  stopping.abort();
}

function onGiveUp(reason: string): void {
  report(`${reason}; stopping`);
  exitCode = 1;
  stopping.abort();
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

function untilStopping(): Promise<void> {
  return stopping.signal.aborted ? Promise.resolve() : new Promise((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
}
