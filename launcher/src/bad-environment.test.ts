import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const LAUNCHER = fileURLToPath(new URL('./main.js', import.meta.url));

describe('the launcher in a bad environment', () => {
  let directory: string;
  let busy: net.Server;
  let busyPort: number;
  beforeAll(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mib-launcher-test-'));
    chmodSync(directory, 0o755);
    busy = net.createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    busyPort = (busy.address() as net.AddressInfo).port;
  });
  afterAll(() => {
    busy.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const inside = (name: string, files: Record<string, string> = {}): string => {
    const folder = path.join(directory, name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    return folder;
  };
  const secrets = JSON.stringify({ instance: 'i'.repeat(12), internalSecret: 's'.repeat(48), engineToken: 't'.repeat(48), postgresPassword: 'p'.repeat(32), demoPassword: 'd'.repeat(16) });

  it.each<[string, () => { env?: Record<string, string>; args?: string[] }, RegExp]>([
    ['a port that is none', () => ({ env: { PORT: 'x' } }), /^PORT must be a port 0\.\.65535, was "x"\n$/],
    ['a busy port', () => ({ env: { PORT: String(busyPort) } }), /^port \d+ on 127\.0\.0\.1 is busy; set PORT to another one\n$/],
    ['a data directory that is a file', () => ({ env: { MIB_DATA_DIR: path.join(inside('a', { file: '' }), 'file') } }), /^data directory \S+ is not a folder\n$/],
    ['a data directory of somebody else', () => ({ env: { MIB_DATA_DIR: inside('b', { 'thesis.txt': '' }) } }), /^data directory \S+ is not empty and was not made by Market Intel Brain.*\n$/],
    ['damaged secrets', () => ({ env: { MIB_DATA_DIR: inside('c', { 'secrets.json': '{' }) } }), /^\S+secrets\.json is damaged; .*\n$/],
    ['an unknown option', () => ({ args: ['--fast'] }), /^option must be one of --isolated --json, was "--fast"\n$/],
    ['an unknown environment', () => ({ env: { MIB_ENVIRONMENT: 'prod' } }), /^MIB_ENVIRONMENT must be development or production, was "prod"\n$/],
    ['production without secrets', () => ({ env: { MIB_ENVIRONMENT: 'production' } }), /^MIB_INTERNAL_SECRET and ENGINE_TOKEN must be set when MIB_ENVIRONMENT is production\n$/],
    ['a short secret', () => ({ env: { MIB_INTERNAL_SECRET: 'tooshort' } }), /^MIB_INTERNAL_SECRET must have at least 32 characters, was 8 hidden characters\n$/],
  ])('says one clear line about %s', async (_case, arrange, message) => {
    const { env, args } = arrange();
    const { code, stdout, stderr } = await launch({ MIB_DATA_DIR: inside('unused'), PORT: '0', ...env }, args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a PostgreSQL data directory that is damaged', { 'secrets.json': secrets, 'postgres/PG_VERSION': '18\n' }, /^postgres did not start: PostgreSQL did not start: .+$/m],
    ['a PostgreSQL data directory of another version', { 'secrets.json': secrets, 'postgres/PG_VERSION': '9.6\n' }, /^postgres did not start: data directory \S+ holds data of PostgreSQL "9\.6", this is 18$/m],
    ['a PostgreSQL data directory that is none', { 'secrets.json': secrets, 'postgres/photo.jpg': '' }, /^postgres did not start: data directory \S+ is not empty and holds no PostgreSQL data$/m],
  ])('stops what it had started and exits with 1 for %s', async (_case, files, message) => {
    const { code, stdout, stderr } = await launch({ MIB_DATA_DIR: inside(`state-${Object.values(files)[1]?.trim()}`, files), PORT: '0' });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

async function launch(env: Record<string, string>, args: readonly string[] = []): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
