// The engine, wired as drawn:
//
//   gRPC in ─► decode ─claim─► [ input ring ] ─► journal ──► core: risk gate ─► matching ─► positions ─publish─► [ output ring ] ─► gRPC streams
//                    ▲ gated by the slowest consumer     (nothing is applied before it is durable, nothing published before it is applied)

import { Health } from '@mib/service/health';
import { createLogger } from '@mib/service/logger';
import { createMetrics, watchHealth } from '@mib/service/metrics';
import type { RunningService } from '@mib/service/lifecycle';
import { readEngineConfig, tlsFiles } from './config.ts';
import { lockDirectory } from './directory-lock.ts';
import { EngineClock } from './engine-clock.ts';
import { FailureReport } from './engine-failure.ts';
import { EngineStatusReader } from './engine-status.ts';
import { ExpiryTimer } from './expiry-timer.ts';
import { authorizer } from './gateway/authorize.ts';
import { CommandIntake } from './gateway/command-intake.ts';
import { EventReaders } from './gateway/event-readers.ts';
import { openGateway } from './gateway/gateway.ts';
import { ResultRouter } from './gateway/result-router.ts';
import { StateReader } from './gateway/state-reader.ts';
import { LatencyReader } from './latency/latency-reader.ts';
import { monotonicMs } from './latency/monotonic-clock.ts';
import { startMetricsServer } from './metrics-server.ts';
import { startPipeline, type PipelineFailure, type PipelineOptions } from './pipeline.ts';
import { Publisher } from './publisher/publisher.ts';
import { RecentEvents } from './publisher/recent-events.ts';
import { Snapshotter } from './snapshot/snapshotter.ts';

/** Starts the engine; ready, it stands where its journal ends. */
export async function startEngine(env: NodeJS.ProcessEnv, options: Pick<PipelineOptions, 'journalWorker'> = {}): Promise<RunningService> {
  const config = readEngineConfig(env);
  const directory = config.ENGINE_DATA_DIR;
  const log = createLogger('engine', { level: config.LOG_LEVEL });
  const health = new Health();
  const { registry } = createMetrics('engine');
  watchHealth({ registry }, health);
  const failures = new FailureReport({ log, health, registry });
  const lock = await lockDirectory(directory);

  const snapshots = new Snapshotter(directory, {
    onTaken: (snapshot) => log.info(snapshot, 'snapshot taken'),
    onFailure: (error) => log.error({ err: error }, 'no snapshot: a start must replay more'),
  });
  const pipeline = await startPipeline({
    ...options,
    directory,
    commandsPerSnapshot: config.ENGINE_SNAPSHOT_COMMANDS,
    onSnapshotDue: (through) => snapshots.take(through),
    onFailure: refuseFromNowOn,
  });
  const { recovered } = pipeline;
  log.info({ snapshot: recovered.snapshotSequence, commands: recovered.end.lastSequence, events: recovered.lastEventSequence, tookMs: Math.round(recovered.tookMs) }, 'journal replayed');
  for (const reason of recovered.passedOver) log.error({ reason }, 'a snapshot is of no use and was passed over');
  if (recovered.end.tornBytes > 0) log.warn({ bytes: recovered.end.tornBytes, segment: recovered.end.segment, at: recovered.end.offset }, 'cut a torn write off the journal');

  const intake = new CommandIntake(pipeline.input, pipeline.latency);
  const results = new ResultRouter(intake);
  const events = new RecentEvents(recovered.lastEventSequence);
  const clock = new EngineClock(recovered.lastTimestampNs);
  const expiry = new ExpiryTimer({ advanceTime: () => intake.offerAdvanceTime(), nowMicros: () => Number(clock.now() / 1_000n) });
  const publisher = new Publisher({ output: pipeline.output, sink: results, events, latency: pipeline.latency, expiry });
  const publishing = publisher.run();
  expiry.note(recovered.dueMicros);
  const readers = new EventReaders({ recent: events, directory });
  const state = new StateReader(pipeline.queries, intake);
  const latency = new LatencyReader(pipeline.latency, monotonicMs);
  const isReady = (): boolean => health.report().ready;
  const status = new EngineStatusReader({ input: pipeline.input, intake, results, readers, state, latency, directory, isReady });
  const metrics = async (): Promise<string> => (await registry.metrics()) + status.metricsText(events.lastSequence) + snapshots.metricsText();

  const metricsServer = await startMetricsServer({ host: config.HOST, port: config.ENGINE_METRICS_PORT, health, metrics });
  const authorize = authorizer(config.ENGINE_TOKEN);
  const gateway = await openGateway({ host: config.HOST, port: config.PORT, tls: tlsFiles(config), authorize, results, state, readers, status, isReady });
  health.setReady(true);
  log.info({ address: gateway.address, metrics: metricsServer.url, directory }, 'engine is ready');

  /** After a failed write nothing may be acknowledged any more; the engine stays up to be read and to say why. */
  function refuseFromNowOn(failure: PipelineFailure): void {
    failures.report(failure);
    expiry[Symbol.dispose]();
    results.failAll(`the engine accepts nothing: its ${failure.part} has failed (${failure.fault})`);
    if (failure.fault === 'bug') state.failAll('the engine has stopped');
  }

  return {
    url: gateway.address,
    health,
    async [Symbol.asyncDispose]() {
      health.setReady(false);
      await gateway[Symbol.asyncDispose]();
      expiry[Symbol.dispose]();
      await intake.drain();
      await pipeline.halt();
      await publishing;
      await snapshots.finish();
      state.failAll('the engine has stopped');
      await metricsServer[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
    },
  };
}
