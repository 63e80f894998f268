// The standard gRPC health service, for `grpc_health_probe` and Kubernetes. A watcher is told of changes by asking
// again at a leisurely pace: readiness changes when the engine starts and when it dies. Draining ends the watching, which
// would else hold the drain to its deadline.

import { status, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { HealthCheckResponse_ServingStatus as ServingStatus, type HealthCheckRequest, type HealthCheckResponse, type HealthServer } from '@mib/proto/generated/grpc/health/v1/health';
import { DRAINING } from './refusals.ts';

const SERVICES: ReadonlySet<string> = new Set(['', 'mib.engine.v1.Engine']);
const WATCH_INTERVAL_MS = 1_000;

export function serveHealth(isReady: () => boolean, draining: AbortSignal): HealthServer {
  const statusOf = (service: string): HealthCheckResponse => {
    if (!SERVICES.has(service)) return { status: ServingStatus.SERVICE_UNKNOWN };
    return { status: isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING };
  };
  return {
    check(call: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>, callback: sendUnaryData<HealthCheckResponse>) {
      if (SERVICES.has(call.request.service)) callback(null, statusOf(call.request.service));
      else callback({ code: status.NOT_FOUND, details: `service ${call.request.service} is not served here` });
    },
    watch(call) {
      let told: HealthCheckResponse['status'] | undefined;
      const tell = (): void => {
        const now = statusOf(call.request.service);
        if (now.status !== told) call.write(now);
        told = now.status;
      };
      const timer = setInterval(tell, WATCH_INTERVAL_MS);
      const end = (): void => {
        tell();
        call.emit('error', DRAINING);
      };
      draining.addEventListener('abort', end, { once: true });
      const forget = (): void => {
        clearInterval(timer);
        draining.removeEventListener('abort', end);
      };
      call.on('cancelled', forget);
      call.on('error', forget);
      tell();
    },
  };
}
