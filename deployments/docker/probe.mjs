// `node probe.mjs /healthz`: ends with 0 when the process of this container answers 200 there. The image has no curl, and
// the engine's pages are on a port of their own.
/* global fetch, AbortSignal */

const TIMEOUT_MS = 2_500;
const port = process.env.ENGINE_METRICS_PORT ?? process.env.PORT;
const page = process.argv[2] ?? '/healthz';

try {
  const response = await fetch(`http://127.0.0.1:${port}${page}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) console.error(`${response.status} ${await response.text()}`);
  process.exit(response.ok ? 0 : 1);
} catch (error) {
  console.error(String(error.cause ?? error));
  process.exit(1);
}
