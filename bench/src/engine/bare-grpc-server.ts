// The order path's peer: a gRPC server that does nothing but answer, in a process of its own, on grpc-js like ours.

import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthCheckResponse_ServingStatus as ServingStatus, HealthService, type HealthServer } from '@mib/proto/generated/grpc/health/v1/health';

const service: HealthServer = {
  check: (_, callback) => callback(null, { status: ServingStatus.SERVING }),
  watch: (call) => call.end(),
};
const server = new Server();
server.addService(HealthService, service);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send!({ kind: 'ready', url: `127.0.0.1:${port}` });
});
process.on('disconnect', () => process.exit(0));
