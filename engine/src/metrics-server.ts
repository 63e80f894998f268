// Health and metrics over HTTP, for probes and Prometheus: /healthz, /readyz, /metrics.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostInAddress, hostOfSocket } from '@mib/model/loopback';
import type { Health } from '@mib/service/health';

export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
}

export async function startMetricsServer(options: { host: string; port: number; health: Health; metrics: () => Promise<string> }): Promise<MetricsServer> {
  const server = createServer((request, response) => void respond(request, response, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, hostOfSocket(options.host), resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${hostInAddress(options.host)}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, options: { health: Health; metrics: () => Promise<string> }): Promise<void> {
  const report = options.health.report();
  if (request.url === '/healthz') return json(response, 200, { live: report.live });
  if (request.url === '/readyz') return json(response, report.ready ? 200 : 503, report);
  if (request.url === '/metrics') return sendMetrics(response, options.metrics);
  json(response, 404, { error: 'not found' });
}

/** Figures that cannot be had are the prober's problem and no reason for an engine to end. */
async function sendMetrics(response: ServerResponse, metrics: () => Promise<string>): Promise<void> {
  try {
    const text = await metrics();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  } catch {
    json(response, 500, { error: 'the metrics cannot be read' });
  }
}

function json(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
