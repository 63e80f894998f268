import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { setConnectionWindow, setStreamWindow } from './flow-control.ts';

const STREAM_BYTES = 300_000;
const CONNECTION_BYTES = 400_000;

describe('the windows of the door', () => {
  it('are those that a client is told, of its streams and of its connection', async () => {
    const server = new Server({ 'grpc.max_concurrent_streams': 7 });
    setStreamWindow(server, STREAM_BYTES);
    const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
    setConnectionWindow(server, CONNECTION_BYTES);
    const client = connect(`http://127.0.0.1:${port}`);
    try {
      const [settings] = (await once(client, 'remoteSettings')) as [{ initialWindowSize: number; maxConcurrentStreams: number }];
      await new Promise((resolve, reject) => client.ping((error) => (error ? reject(error) : resolve(undefined))));
      expect(settings).toMatchObject({ initialWindowSize: STREAM_BYTES, maxConcurrentStreams: 7 });
      expect(client.state.remoteWindowSize).toBe(CONNECTION_BYTES);
    } finally {
      client.destroy();
      server.forceShutdown();
    }
  });
});
