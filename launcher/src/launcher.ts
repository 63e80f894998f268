// The platform as processes, in order:
//
//   PostgreSQL ─► migrations ─┐
//   engine ───────────────────┴─► subgraphs ─► router ─► all /readyz
//
// Every part registers itself once started; stopping goes through the same list backwards.

import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_EMAIL, ENGINE_ENTRY, HEAP_MIB, HOST_ENTRY, MIGRATE_ENTRY, ROUTER_ENTRY, AUTH_SUBGRAPH, SUBGRAPHS, subgraphEntry } from './topology.ts';
import { REPOSITORY, type LauncherConfig } from './config.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { LogFile } from './log-file.ts';
import { startServiceProcess, type ManagedProcess, type ServiceProcess } from './managed-process.ts';
import { awaitReady, freePort, refuseBusyPort } from './readiness.ts';
import { openStateDirectory, postgresDirectory, type StateDirectory } from './state-directory.ts';
import { SupervisedProcess } from './supervisor.ts';

export interface LaunchOptions {
  readonly config: LauncherConfig;
  /** One line for the user: progress, restarts, warnings of children. */
  readonly report: (line: string) => void;
  /** Something is broken beyond restarting; the caller should stop the platform. */
  readonly onGiveUp: (reason: string) => void;
  /** Stops a start that is under way. */
  readonly signal: AbortSignal;
  readonly subgraphs?: readonly string[];
}

export class Platform implements AsyncDisposable {
  readonly #options: LaunchOptions;
  readonly #state: StateDirectory;
  /** In order of start. */
  readonly #processes: SupervisedProcess<ManagedProcess>[] = [];
  readonly #living = new Set<ChildProcess>();
  readonly #logs: LogFile[] = [];
  #routerUrl = '';
  #subgraphUrls: Record<string, string> = {};

  private constructor(options: LaunchOptions, state: StateDirectory) {
    this.#options = options;
    this.#state = state;
  }

  /** Takes the state folder. @throws {Error} with one clear line when it or the port cannot be had. */
  static async open(options: LaunchOptions): Promise<Platform> {
    await refuseBusyPort(options.config.host, options.config.port);
    return new Platform(options, openStateDirectory(options.config.stateDirectory));
  }

  /** @throws {Error} with one clear line; dispose stops whatever had started. */
  async start(): Promise<void> {
    const [databaseUrl, engineAddress] = await allOrFirstFailure([this.#startDatabase(), this.#startEngine()] as const);
    await this.#startSubgraphs(databaseUrl, engineAddress);
    await this.#startRouter();
    const { signal } = this.#options;
    await Promise.all(Object.entries({ ...this.#subgraphUrls, router: this.#routerUrl }).map(([name, url]) => awaitReady(name, url, signal)));
  }

  /** Of the router, without a path. */
  get url(): string {
    return new URL(this.#routerUrl).origin;
  }

  get subgraphUrls(): Readonly<Record<string, string>> {
    return this.#subgraphUrls;
  }

  get pids(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#processes.map((supervised) => [supervised.name, supervised.current.pid]));
  }

  get demo(): { readonly email: string; readonly password: string } | undefined {
    return this.#options.config.environment === 'production' ? undefined : { email: DEMO_EMAIL, password: this.#state.secrets.demoPassword };
  }

  /** Ends every process at once, without draining. The engine's journal and PostgreSQL's log are made for that. */
  kill(): void {
    for (const child of this.#living) child.kill('SIGKILL');
    this.#state[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const supervised of this.#processes.toReversed()) await supervised[Symbol.asyncDispose]();
    for (const log of this.#logs) log[Symbol.dispose]();
    this.#state[Symbol.dispose]();
  }

  async #startDatabase(): Promise<string> {
    const { config, report } = this.#options;
    const databaseUrl = config.databaseUrl ?? (await this.#startPostgres());
    await this.#migrate(databaseUrl);
    report('database is ready');
    return databaseUrl;
  }

  async #startPostgres(): Promise<string> {
    const { config, report } = this.#options;
    const dataDirectory = postgresDirectory(this.#state, config.sudoUid);
    if (!dataDirectory.startsWith(this.#state.path)) report(`PostgreSQL cannot run as root nor reach ${this.#state.path}, so its data is in ${dataDirectory}`);
    const log = this.#openLog('postgres', () => undefined);
    const port = await freePort();
    const password = this.#state.secrets.postgresPassword;
    let url = '';
    await this.#supervise('postgres', async () => {
      const server = await startEmbeddedPostgres({ dataDirectory, port, password, onLog: (text) => log.write(text, false), sudoUid: config.sudoUid });
      url = server.url;
      this.#living.add(server.process);
      void server.ended.then(() => this.#living.delete(server.process));
      return { pid: server.pid, ended: server.ended, stop: async () => server[Symbol.asyncDispose]() };
    });
    return url;
  }

  /** In a process of its own, because the schema engine's memory is not given back. */
  async #migrate(databaseUrl: string): Promise<void> {
    const child = spawn(process.execPath, [path.join(REPOSITORY, MIGRATE_ENTRY)], { env: { ...this.#options.config.inherited, DATABASE_URL: databaseUrl }, stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`migrations failed: ${complaint.trim().split('\n')[0]}`);
  }

  async #startEngine(): Promise<string> {
    const engine = await this.#superviseService('engine', ENGINE_ENTRY, HEAP_MIB.engine, (previous) => ({
      PORT: portOf(previous?.url), ENGINE_TOKEN: this.#engineToken, ENGINE_DATA_DIR: this.#state.engine,
    }));
    this.#options.report('engine is ready');
    return addressOf(engine.url);
  }

  async #startSubgraphs(databaseUrl: string, engineAddress: string): Promise<void> {
    const names = this.#options.subgraphs ?? SUBGRAPHS;
    const { demo } = this;
    const env = {
      DATABASE_URL: databaseUrl, ENGINE_ADDRESS: engineAddress, ENGINE_TOKEN: this.#engineToken, MIB_INTERNAL_SECRET: this.#internalSecret,
      MIB_SIMULATED_VENUE: this.#options.config.inherited['MIB_SIMULATED_VENUE'] ?? 'on',
      MIB_IMPORT_DIR: this.#options.config.inherited['MIB_IMPORT_DIR'] ?? this.#state.imports,
      MIB_HISTORY_DIR: this.#state.history,
      ...(demo && { MIB_DEMO_EMAIL: demo.email, MIB_DEMO_PASSWORD: demo.password }),
    };
    if (this.#options.config.isolated) {
      const started = await allOrFirstFailure(names.map((name) => this.#superviseService(name, subgraphEntry(name), HEAP_MIB.subgraph, (previous) => ({ ...env, PORT: portOf(previous?.url) }))));
      this.#subgraphUrls = Object.fromEntries(names.map((name, i) => [name, started[i]?.url ?? '']));
    } else {
      const ports = (urls: Readonly<Record<string, string>> = {}) => JSON.stringify(Object.fromEntries(names.map((name) => [name, Number(portOf(urls[name]))])));
      const host = await this.#superviseService('subgraphs', HOST_ENTRY, HEAP_MIB.subgraphs, (previous) => ({ ...env, SUBGRAPH_PORTS: ports(previous?.urls) }));
      this.#subgraphUrls = { ...host.urls };
    }
    this.#options.report('subgraphs are ready');
  }

  async #startRouter(): Promise<void> {
    const { host, port } = this.#options.config;
    const authUrl = this.#subgraphUrls[AUTH_SUBGRAPH];
    const router = await this.#superviseService('router', ROUTER_ENTRY, HEAP_MIB.router, (previous) => ({
      HOST: host, PORT: previous ? portOf(previous.url) : String(port), SUBGRAPH_URLS: JSON.stringify(this.#subgraphUrls),
      MIB_INTERNAL_SECRET: this.#internalSecret, ...(authUrl && { AUTH_URL: new URL(authUrl).origin }),
    }));
    this.#routerUrl = router.url;
  }

  /** @returns the first process; later ones keep its port. */
  async #superviseService(name: string, entry: string, heapMib: number, env: (previous: ServiceProcess | undefined) => NodeJS.ProcessEnv): Promise<ServiceProcess> {
    const { config, report } = this.#options;
    const log = this.#openLog(name, report);
    const common = { ...config.inherited, HOST: '127.0.0.1', MIB_ENVIRONMENT: config.environment, LOG_LEVEL: config.logLevel };
    const supervised = await this.#supervise<ServiceProcess>(name, (previous) => startServiceProcess({ entry, env: { ...common, ...env(previous) }, heapMib, log, living: this.#living }));
    return supervised.current;
  }

  async #supervise<P extends ManagedProcess>(name: string, start: (previous: P | undefined) => Promise<P>): Promise<SupervisedProcess<P>> {
    const { report, onGiveUp } = this.#options;
    this.#options.signal.throwIfAborted();
    const supervised = await SupervisedProcess.start<P>({ name, start, report, onGiveUp, onStarted: () => this.#recordProcesses() });
    this.#processes.push(supervised as unknown as SupervisedProcess<ManagedProcess>);
    this.#recordProcesses();
    return supervised;
  }

  #recordProcesses(): void {
    writeFileSync(this.#state.processes, `${JSON.stringify(this.pids)}\n`, { mode: 0o600 });
  }

  #openLog(name: string, show: (line: string) => void): LogFile {
    const log = new LogFile(this.#state.logs, name, show);
    this.#logs.push(log);
    return log;
  }

  get #internalSecret(): string {
    return this.#options.config.secrets.internalSecret ?? this.#state.secrets.internalSecret;
  }

  get #engineToken(): string {
    return this.#options.config.secrets.engineToken ?? this.#state.secrets.engineToken;
  }
}

/** As Promise.all, but waits for the others before it fails, so that nothing starts behind the back of a stop. */
async function allOrFirstFailure<T extends readonly Promise<unknown>[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
}

/** `0` before the first start: any free port. */
function portOf(url: string | undefined): string {
  return url === undefined ? '0' : (addressOf(url).split(':').at(-1) ?? '0');
}

/** host:port of a URL, or of an address that is one already. */
function addressOf(url: string): string {
  return url.includes('://') ? new URL(url).host : url;
}
