import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Server } from '@grpc/grpc-js';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { connectEngine, PlaintextRefusedError, type EngineConnection } from '@mib/proto/engine-client';
import { REPOSITORY } from '@mib/testkit/repository';
import { ConfigError } from '@mib/service/config';
import { readEngineConfig } from '../config.ts';
import { startEngine } from '../engine.ts';
import { serverTls } from './server-tls.ts';

const TOKEN = 'engine-token-of-tests-0123456789abcdef';
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mib-tls-'));
  certify('own', 'engine', '127.0.0.1');
  certify('own', 'core-engine');
  certify('strange', 'engine', '127.0.0.1');
  env = { HOST: '0.0.0.0', ENGINE_TOKEN: TOKEN, ENGINE_TLS_CERT: file('own/engine.crt'), ENGINE_TLS_KEY: file('own/engine.key'), LOG_LEVEL: 'silent' };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('TLS between engine and clients', () => {
  it('carries calls to a client that knows the authority, and to no other', async () => {
    await using engine = await startEngine({ ...env, ENGINE_DATA_DIR: file('data') });
    const address = `127.0.0.1:${engine.url.split(':').at(-1)}`;
    expect(await asked({ address, token: TOKEN, tls: { caFile: file('own/ca.crt') } })).toBe(true);
    expect(await asked({ address, token: TOKEN, tls: { caFile: file('strange/ca.crt') } })).toBe(false);
    expect(await asked({ address, token: TOKEN })).toBe(false);
    expect(await asked({ address, token: 'wrong', tls: { caFile: file('own/ca.crt') } })).toBe(false);
  });

  it('asks for a certificate of the client where ENGINE_TLS_CLIENT_CA is set', async () => {
    await using engine = await startEngine({ ...env, ENGINE_TLS_CLIENT_CA: file('own/ca.crt'), ENGINE_DATA_DIR: file('data') });
    const address = `127.0.0.1:${engine.url.split(':').at(-1)}`;
    const as = (name: string) => ({ caFile: file('own/ca.crt'), certificateFile: file(`${name}.crt`), keyFile: file(`${name}.key`) });
    expect(await asked({ address, token: TOKEN, tls: as('own/core-engine') })).toBe(true);
    expect(await asked({ address, token: TOKEN, tls: as('strange/engine') })).toBe(false);
    expect(await asked({ address, token: TOKEN, tls: { caFile: file('own/ca.crt') } })).toBe(false);
  });

  it('is required off loopback, of both sides, by name', () => {
    expect(() => connectEngine({ address: 'engine:50051', token: TOKEN })).toThrow(new PlaintextRefusedError('engine:50051'));
    expect(() => connectEngine({ address: '10.0.0.7:50051', token: TOKEN })).toThrow(/^ENGINE_TLS_CA is required when ENGINE_ADDRESS is not loopback, was ENGINE_ADDRESS="10.0.0.7:50051"$/);
    const refuse = (changes: NodeJS.ProcessEnv) => () => readEngineConfig({ ...env, ENGINE_DATA_DIR: 'd', ...changes });
    expect(refuse({ ENGINE_TLS_CERT: '', ENGINE_TLS_KEY: '' })).toThrow(new ConfigError('ENGINE_TLS_CERT is required when HOST is not loopback, was HOST="0.0.0.0"'));
    expect(refuse({ ENGINE_TOKEN: '' })).toThrow(new ConfigError('ENGINE_TOKEN is required when HOST is not loopback, was HOST="0.0.0.0"'));
    expect(refuse({ ENGINE_TLS_KEY: '' })).toThrow('ENGINE_TLS_CERT and ENGINE_TLS_KEY must be set together');
    expect(refuse({ HOST: '127.0.77.1', ENGINE_TLS_CERT: '', ENGINE_TLS_KEY: '', ENGINE_TLS_CLIENT_CA: 'x' })).toThrow('ENGINE_TLS_CLIENT_CA needs ENGINE_TLS_CERT and ENGINE_TLS_KEY');
    expect(refuse({ HOST: '127.0.77.1', ENGINE_TOKEN: '', ENGINE_TLS_CERT: '', ENGINE_TLS_KEY: '' })).not.toThrow();
  });

  it('shows a renewed certificate to the next connection, and goes on with the old one while the files do not fit', async () => {
    using tls = serverTls({ certificateFile: file('own/engine.crt'), keyFile: file('own/engine.key') });
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', tls.credentials, (error, bound) => (error ? reject(error) : resolve(bound))));
    const before = await serialOf(port);
    expect(tls.reload()).toBe(false);
    writeFileSync(file('own/engine.key'), 'half a file');
    expect(tls.reload()).toBe(false);
    expect(await serialOf(port)).toBe(before);
    certify('own', 'engine', '127.0.0.1');
    expect(tls.reload()).toBe(true);
    expect(await serialOf(port)).not.toBe(before);
    server.forceShutdown();
  });
});

function certify(directory: string, ...names: string[]): void {
  execFileSync('sh', [join(REPOSITORY, 'deployments/engine-tls.sh'), join(folder, directory), ...names], { stdio: 'ignore' });
}

function file(name: string): string {
  return join(folder, name);
}

async function asked(connection: EngineConnection): Promise<boolean> {
  await using client = connectEngine(connection);
  return await client.status().then(
    ({ ready }) => ready,
    () => false,
  );
}

function serialOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
