// The command line and JSON-RPC protocol of Prisma's native schema engine, answered by the WASM engine, so that
// `npx prisma migrate dev|deploy|status|diff` work. Prisma's CLI starts it through ../schema-engine.mjs.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { MigrationAdapterFactory, databaseName, withDatabase } from './migration-adapter.ts';
import { openSchemaEngine, type Datamodel } from './schema-engine.ts';

interface Arguments {
  readonly url: string;
  readonly datamodels: readonly Datamodel[];
  readonly command: string | undefined;
}

interface Request {
  readonly id: number;
  readonly method?: string;
  readonly params?: unknown;
}

const METHODS: ReadonlySet<string> = new Set([
  'applyMigrations', 'createMigration', 'dbExecute', 'devDiagnostic', 'diagnoseMigrationHistory', 'diff', 'ensureConnectionValidity',
  'evaluateDataLoss', 'introspect', 'introspectSql', 'markMigrationApplied', 'markMigrationRolledBack', 'reset', 'schemaPush',
]);

export async function serveSchemaEngine(argv: readonly string[]): Promise<void> {
  if (argv.includes('--version')) return void process.stdout.write('schema-engine-cli wasm\n');
  const options = parseArguments(argv);
  if (options.command) return runCommand(options.command, options.url);
  const engine = openSchemaEngine({ adapter: new MigrationAdapterFactory(options.url), datamodels: options.datamodels });
  // One at a time: the engine holds one connection.
  for await (const line of createInterface({ input: process.stdin })) {
    const request = line.trim() === '' ? undefined : (JSON.parse(line) as Request);
    if (request?.method) await answer(engine, options.url, request.id, request.method, request.params);
  }
  process.exit(0);
}

function parseArguments(argv: readonly string[]): Arguments {
  const following = (names: readonly string[]): string[] => argv.flatMap((word, i) => (names.includes(word) ? [argv[i + 1] ?? ''] : []));
  const [datasource] = following(['--datasource']);
  const { url } = (datasource ? JSON.parse(datasource) : {}) as { url?: string };
  const datamodels = following(['--datamodels', '-d']).map((file): Datamodel => [file, readFileSync(file, 'utf8')]);
  return { url: url ?? 'postgresql://postgres@127.0.0.1:5432/postgres', datamodels, command: following(['cli'])[0] };
}

async function answer(engine: Promise<SchemaEngine>, url: string, id: number, method: string, params: unknown): Promise<void> {
  try {
    const result = await call(await engine, url, method, params);
    if (result === undefined) return send({ id, error: { code: -32601, message: `Method not found: ${method}` } });
    const { stdout, ...rest } = result as { stdout?: string | null };
    if (method === 'diff' && stdout) send({ id: `print-${id}`, method: 'print', params: { content: stdout.replace(/\n$/, '') } });
    send({ id, result: method === 'diff' ? { ...rest, stdout: null } : result });
  } catch (error) {
    const { code, message, meta } = error as { code?: string; message: string; meta?: unknown };
    const data = code === undefined ? { is_panic: false, message, backtrace: null } : { is_panic: false, message, meta: meta ?? null, error_code: code };
    send({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } });
  }
}

async function call(engine: SchemaEngine, url: string, method: string, params: unknown): Promise<unknown> {
  if (method === 'createDatabase') return createDatabase(url);
  if (method === 'getDatabaseVersion') return engine.version(params as never);
  if (!METHODS.has(method)) return undefined;
  const operation = (engine as unknown as Record<string, (params: unknown) => Promise<unknown>>)[method];
  return (await operation?.call(engine, params)) ?? {};
}

async function runCommand(command: string, url: string): Promise<void> {
  try {
    if (command === 'can-connect-to-database') await withClient(url, async () => undefined);
    else if (command === 'create-database') await createDatabase(url);
    else throw new Error(`unknown command ${command}`);
    process.exit(0);
  } catch (error) {
    const [errorCode, message] = userFacing(error as Error & { code?: string }, url);
    // The CLI skips the first line and reads the others as JSON records.
    process.stderr.write(`\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields: { error_code: errorCode, message, is_panic: false } })}\n`);
    process.exit(1);
  }
}

async function createDatabase(url: string): Promise<{ databaseName: string }> {
  await withClient(withDatabase(url, 'postgres'), (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(databaseName(url))}`));
  return { databaseName: databaseName(url) };
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Prisma's error codes for the failures that its CLI explains. */
function userFacing(error: Error & { code?: string }, url: string): [code: string, message: string] {
  const { host } = new URL(url);
  if (error.code === '3D000') return ['P1003', `Database \`${databaseName(url)}\` does not exist on the database server at \`${host}\`.`];
  if (error.code === '28P01' || error.code === '28000') return ['P1000', `Authentication failed against the database server at \`${host}\`.`];
  if (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND' || error.code === 'ETIMEDOUT') return ['P1001', `Can't reach database server at \`${host}\``];
  return ['P1010', error.message];
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
