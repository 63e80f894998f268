import { describe, expect, it } from '@jest/globals';
import { credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2, type Settings } from 'node:http2';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectEngine, EventsRemovedError, type EngineClient } from '@mib/proto/engine-client';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { encodeCommand } from '@mib/proto/encode-command';
import { HealthClient } from '@mib/proto/generated/grpc/health/v1/health';
import { EngineClient as RawClient, type StreamEventsResponse, type SubmitPackedResponse, type SubmitRequest, type SubmitResponse } from '@mib/proto/generated/mib/engine/v1/engine';
import { MAX_RECORDS_PER_MESSAGE } from '@mib/proto/layout-command';
import { alignedViews, RECORD_BYTES, recordViews } from '@mib/proto/layout-record';
import { RESULT, RESULT_BYTES, RESULT_WORDS } from '@mib/proto/layout-result';
import { LatencyReader } from '../latency/latency-reader.ts';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import { EngineStatusReader } from '../engine-status.ts';
import { eventFilePath, EVENTS_PER_FILE } from '../event-log/event-log-files.ts';
import { ExpiryTimer } from '../expiry-timer.ts';
import { startPipeline } from '../pipeline.ts';
import { Publisher } from '../publisher/publisher.ts';
import { RecentEvents } from '../publisher/recent-events.ts';
import { CommandIntake } from './command-intake.ts';
import { MAX_HELD } from './command-stream.ts';
import { EventReaders } from './event-readers.ts';
import { MAX_UNSENT } from './event-stream.ts';
import { MAX_CALLS_PER_CONNECTION, openGateway, type GatewayOptions } from './gateway.ts';
import { ResultRouter } from './result-router.ts';
import { StateReader } from './state-reader.ts';

const TEST_MS = 120_000;
/** Commands of a client that does not read, many times what may be held for it. */
const FRAMES = 150;
/** Round trips of another client without any change mean that the stuck one is stuck. */
const QUIET_ROUNDS = 30;
/** A dead peer is soon known to be dead, and one on a busy machine is not taken for one. */
const SHORT_KEEPALIVE = { everyMs: 200, answerMs: 1_000 };

describe('the door', () => {
  it('holds a bounded number of results for a client that stops reading, and gives it every one when it reads again', async () => {
    await using door = await openDoor();
    await openMarket(door.client);
    const before = door.intake.published;
    const stuck = door.raw.submitPacked(new Metadata());
    const answers = stuck[Symbol.asyncIterator]() as AsyncIterator<SubmitPackedResponse>;
    for (let frame = 0; frame < FRAMES; frame++) stuck.write({ records: venueLevels(frame * MAX_RECORDS_PER_MESSAGE) });
    stuck.end();
    const first = (await answers.next()).value as SubmitPackedResponse;
    await untilQuiet(door, () => door.intake.published);
    expect(door.results.held).toBeGreaterThan(0);
    expect(door.results.held).toBeLessThanOrEqual(MAX_HELD);
    expect(door.intake.published - before).toBeLessThan((FRAMES * MAX_RECORDS_PER_MESSAGE) / 2);
    const ids = [...idsOf(first), ...(await requestIds(answers))];
    // Six hundred thousand: `toEqual` would take longer for them than the engine.
    expect([ids.length, ids.findIndex((id, index) => id !== index)]).toEqual([FRAMES * MAX_RECORDS_PER_MESSAGE, -1]);
    expect(door.results.held).toBe(0);
  }, TEST_MS);

  it('reads no further ahead than a few batches for a reader of events that stops, and goes on where it stopped', async () => {
    await using door = await openDoor();
    await openMarket(door.client);
    const last = await fillBook(door.client, 60);
    const batches = door.raw.streamEvents({ after: 0n, kinds: [], instrumentNumbers: [], accountNumbers: [], conflateLevels: false })[Symbol.asyncIterator]() as AsyncIterator<StreamEventsResponse>;
    let { value: batch } = await batches.next();
    const [state] = door.readers.open;
    await untilQuiet(door, () => state!.through);
    expect(state!.unsent).toBe(MAX_UNSENT);
    expect(state!.through).toBeLessThan(last / 2);
    let bytes = 0;
    for (; batch.through < last; { value: batch } = await batches.next()) bytes += batch.records.byteLength;
    expect(bytes + batch.records.byteLength).toBe(Number(batch.through) * RECORD_BYTES);
    await batches.return?.();
  }, TEST_MS);

  it('does not take a command whose deadline has passed, and applies one that it took whatever the caller does', async () => {
    await using door = await openDoor();
    await openMarket(door.client);
    const before = (await door.client.status()).lastCommandSequence;
    const late = { cancelled: false, getDeadline: () => Date.now() - 1 };
    await expect(door.results.submit({ kind: 'OpenAccount', accountNumber: 4711 }, late)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED, details: /was not applied/ });
    await expect(door.results.submit({ kind: 'OpenAccount', accountNumber: 4711 }, { ...late, cancelled: true })).rejects.toMatchObject({ code: status.CANCELLED });
    expect((await door.client.status()).lastCommandSequence).toBe(before);
    expect(await submitRaw(door.raw, Date.now() + 10_000)).toMatchObject({ sequence: BigInt(before + 1) });
    const hurried = await submitRaw(door.raw, Date.now() - 1).catch((error: ServiceError) => error.code);
    expect(hurried).toBe(status.DEADLINE_EXCEEDED);
  }, TEST_MS);

  it('sends only what a reader asks for: instruments, accounts, and of overtaken levels the newest', async () => {
    await using door = await openDoor();
    await openMarket(door.client);
    const { client } = door;
    const place = (accountNumber: number, side: 'BUY' | 'SELL', clientOrderId: string) => client.submit({ kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks: 500, quantityLots: 2 });
    await place(1000, 'SELL', 'a');
    await place(1001, 'BUY', 'b');
    await client.submit({ kind: 'SetTradingState', accountNumber: 0, state: 'REDUCING' });
    const last = await fillBook(client, 5);
    const kindsOf = async (wanted: object) => (await collect(client, last, wanted)).map(({ kind }) => kind);
    expect(await kindsOf({ accountNumbers: [1000] })).toEqual(['AccountOpened', 'CashAdjusted', 'OrderAccepted', 'Trade', 'TradingStateSet']);
    expect(await kindsOf({ accountNumbers: [1001], kinds: ['Trade', 'CashAdjusted'] })).toEqual(['CashAdjusted', 'Trade']);
    expect(await kindsOf({ instrumentNumbers: [2] })).toEqual(['InstrumentRegistered']);
    const all = await collect(client, last, {});
    const conflated = await collect(client, last, { conflateLevels: true });
    expect(conflated.length).toBeLessThan(all.length / 2);
    expect(conflated.filter(({ kind }) => kind !== 'LevelChanged')).toEqual(all.filter(({ kind }) => kind !== 'LevelChanged'));
    expect(bookOf(conflated)).toEqual(bookOf(all));
  }, TEST_MS);

  it('bounds what one read asks of the core, and the client reads many books in several', async () => {
    await using door = await openDoor();
    await openMarket(door.client);
    const numbers = Array.from({ length: 9 }, (_, number) => number + 1);
    await expect(getBooks(door.raw, numbers, 1_000)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details: 'levels of one read (instruments * 2 * depth) must be an integer 0..16384, was 18000' });
    await expect(getBooks(door.raw, Array.from({ length: 1_025 }, () => 1), 1)).rejects.toMatchObject({ details: 'count of numbers must be an integer 0..1024, was 1025' });
    expect((await door.client.books(numbers, 1_000)).map((book) => book.instrumentNumber)).toEqual([1, 2]);
  }, TEST_MS);

  it('tells a reader of events that are not kept any more where the log begins', async () => {
    await using door = await openDoor();
    await openMarket(door.client);
    const packed = door.raw.submitPacked(new Metadata());
    const answers = requestIds(packed[Symbol.asyncIterator]());
    for (let commands = 0; commands <= EVENTS_PER_FILE; commands += MAX_RECORDS_PER_MESSAGE) packed.write({ records: changingLevels() });
    packed.end();
    await answers;
    rmSync(eventFilePath(door.directory, 1));
    const first = EVENTS_PER_FILE + 1;
    const tooLate = await collect(door.client, first, {}).catch((error: unknown) => error);
    expect(tooLate).toBeInstanceOf(EventsRemovedError);
    expect(tooLate).toMatchObject({ firstSequence: first });
    const refused = await endOf(door.raw.streamEvents({ after: 0n, kinds: [], instrumentNumbers: [], accountNumbers: [], conflateLevels: false }));
    expect(refused).toMatchObject({ code: status.OUT_OF_RANGE, details: `events before ${first} have been removed: after must be at least ${first - 1}` });
    for await (const { events } of door.client.events({ after: first - 1 })) {
      if (events.length === 0) continue;
      expect(events[0]!.sequence).toBe(first);
      break;
    }
  }, TEST_MS);

  it('closes a connection whose peer answers no ping, and frees what it held', async () => {
    await using door = await openDoor({ keepalive: SHORT_KEEPALIVE });
    await using cable = await cableTo(door.address);
    const far = new RawClient(cable.address, credentials.createInsecure());
    const ended = endOf(far.streamEvents({ after: 0n, kinds: [], instrumentNumbers: [], accountNumbers: [], conflateLevels: false }));
    while (door.readers.open.size === 0) await turn();
    cable.cut();
    while (door.readers.open.size > 0) await turn();
    await cable[Symbol.asyncDispose]();
    expect((await ended).code).toBeDefined();
    far.close();
  }, TEST_MS);

  it('tells every connection how many calls it may have open', async () => {
    await using door = await openDoor();
    const session = connectHttp2(`http://${door.address}`);
    const settings = await new Promise<Settings>((resolve) => session.once('remoteSettings', resolve));
    session.close();
    expect(settings.maxConcurrentStreams).toBe(MAX_CALLS_PER_CONNECTION);
  }, TEST_MS);

  it('drains although somebody watches its health', async () => {
    await using door = await openDoor();
    const health = new HealthClient(door.address, credentials.createInsecure());
    const watching = health.watch({ service: '' });
    const ended = new Promise<string>((resolve) => watching.on('error', (error: ServiceError) => resolve(error.details)));
    await new Promise((resolve) => watching.once('data', resolve));
    await door[Symbol.asyncDispose]();
    expect(await ended).toBe('the engine is shutting down');
    health.close();
  }, TEST_MS);

  it('drains: answers what is under way, ends every stream with a status to resume from, and takes nothing more', async () => {
    const door = await openDoor();
    await openMarket(door.client);
    const last = await fillBook(door.client, 2);
    const seen = endOf(door.raw.streamEvents({ after: 0n, kinds: [], instrumentNumbers: [], accountNumbers: [], conflateLevels: false }));
    const packed = door.raw.submitPacked(new Metadata());
    const answered = requestIds(packed[Symbol.asyncIterator]()).catch((error: ServiceError) => error);
    packed.write({ records: venueLevels(0) });
    await untilQuiet(door, () => door.intake.published);
    await door[Symbol.asyncDispose]();
    expect(await answered).toMatchObject({ code: status.UNAVAILABLE, details: 'the engine is shutting down' });
    expect(await seen).toMatchObject({ code: status.UNAVAILABLE, details: 'the engine is shutting down', through: expect.any(Number) });
    expect((await seen).through).toBeGreaterThanOrEqual(last);
    await expect(door.results.submit({ kind: 'OpenAccount', accountNumber: 9 }, { cancelled: false, getDeadline: () => Infinity })).rejects.toMatchObject({ code: status.UNAVAILABLE });
  }, TEST_MS);
});

/** The whole engine but for its process, so that its inner figures can be watched. */
async function openDoor(options: Pick<GatewayOptions, 'keepalive'> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'mib-door-'));
  const pipeline = await startPipeline({
    directory,
    commandsPerSnapshot: Infinity,
    onSnapshotDue: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  const intake = new CommandIntake(pipeline.input, pipeline.latency);
  const results = new ResultRouter(intake);
  const events = new RecentEvents(pipeline.recovered.lastEventSequence);
  const expiry = new ExpiryTimer({ advanceTime: () => intake.offerAdvanceTime(), nowMicros: () => Date.now() * 1_000 });
  const publishing = new Publisher({ output: pipeline.output, sink: results, events, latency: pipeline.latency, expiry }).run();
  const readers = new EventReaders({ recent: events, directory });
  const state = new StateReader(pipeline.queries, intake);
  const latency = new LatencyReader(pipeline.latency, monotonicMs);
  const engineStatus = new EngineStatusReader({ input: pipeline.input, intake, results, readers, state, latency, directory, isReady: () => true });
  const gateway = await openGateway({ host: '127.0.0.1', port: 0, tls: undefined, authorize: () => true, results, state, readers, status: engineStatus, isReady: () => true, ...options });
  const client = connectEngine({ address: gateway.address });
  const raw = new RawClient(gateway.address, credentials.createInsecure());
  let isOpen = true;
  return {
    address: gateway.address, directory, intake, results, readers, client, raw,
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      await client[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      raw.close();
      await intake.drain();
      await pipeline.halt();
      await publishing;
      state.failAll('stopped');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

type Door = Awaited<ReturnType<typeof openDoor>>;

async function openMarket(client: EngineClient): Promise<void> {
  for (const instrumentNumber of [1, 2]) await client.submit({ kind: 'RegisterInstrument', instrumentNumber, instrumentId: `I${instrumentNumber}.XSIM`, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  for (const accountNumber of [1000, 1001]) {
    await client.submit({ kind: 'OpenAccount', accountNumber });
    await client.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1_000_000, clientOrderId: 'deposit' });
  }
}

/** A way to the door that can be cut without either side being told. */
async function cableTo(address: string) {
  const [host, port] = address.split(':') as [string, string];
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connectTcp({ host, port: Number(port) });
    sockets.push(near, far);
    near.on('error', () => undefined).pipe(far.on('error', () => undefined)).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => sockets.forEach((socket) => socket.unpipe().pause()),
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A full frame of commands numbered from `firstRequestId`. */
function venueLevels(firstRequestId: number): Buffer {
  const views = recordViews(new ArrayBuffer(MAX_RECORDS_PER_MESSAGE * RECORD_BYTES));
  for (let i = 0; i < MAX_RECORDS_PER_MESSAGE; i++) encodeCommand(views, i, level(1 + (i % 90), 1 + (firstRequestId + i) / MAX_RECORDS_PER_MESSAGE), firstRequestId + i);
  return Buffer.from(views.bytes);
}

/** A full frame of which every command changes a level: one event each. */
function changingLevels(): Buffer {
  const views = recordViews(new ArrayBuffer(MAX_RECORDS_PER_MESSAGE * RECORD_BYTES));
  for (let i = 0; i < MAX_RECORDS_PER_MESSAGE; i++) encodeCommand(views, i, level(1 + (i % 90), 1 + i / 90), i);
  return Buffer.from(views.bytes);
}

function level(priceTicks: number, quantityLots: number): EngineCommand {
  return { kind: 'SetVenueLevel', accountNumber: 1, instrumentNumber: 1, side: 'BUY', priceTicks, quantityLots: Math.floor(quantityLots) };
}

/** @returns the last event. */
async function fillBook(client: EngineClient, rounds: number): Promise<number> {
  let last = 0;
  for (let round = 1; round <= rounds; round++) {
    const results = await Promise.all(Array.from({ length: 1_000 }, (_, n) => client.submit(level(1 + (n % 90), round * 1_000 + n))));
    last = results.at(-1)!.lastEventSequence;
  }
  return last;
}

async function untilQuiet({ client }: Door, figure: () => number): Promise<void> {
  for (let quiet = 0; quiet < QUIET_ROUNDS; ) {
    const before = figure();
    await client.quotes([1]);
    quiet = figure() === before ? quiet + 1 : 0;
  }
}

/** One turn of the event loop: what has arrived is seen. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function requestIds(answers: AsyncIterator<SubmitPackedResponse>): Promise<number[]> {
  const ids: number[] = [];
  for (let next = await answers.next(); !next.done; next = await answers.next()) ids.push(...idsOf(next.value));
  return ids;
}

function idsOf({ records }: SubmitPackedResponse): number[] {
  const { words } = alignedViews(records);
  return Array.from({ length: records.byteLength / RESULT_BYTES }, (_, result) => words[result * RESULT_WORDS + RESULT.REQUEST_ID]!);
}

async function endOf(stream: AsyncIterable<{ through: bigint }>): Promise<{ code?: number; details?: string; through: number }> {
  let through = 0;
  try {
    for await (const batch of stream) through = Number(batch.through);
    return { through };
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { code, details, through };
  }
}

function submitRaw(raw: RawClient, deadline: number): Promise<SubmitResponse> {
  const request: SubmitRequest = { command: { $case: 'openAccount', value: { accountNumber: 5000 } } };
  return new Promise((resolve, reject) => raw.submit(request, new Metadata(), { deadline }, (error, response) => (error ? reject(error) : resolve(response))));
}

function getBooks(raw: RawClient, instrumentNumbers: number[], depth: number): Promise<unknown> {
  return new Promise((resolve, reject) => raw.getBooks({ instrumentNumbers, depth }, (error, response) => (error ? reject(error) : resolve(response))));
}

async function collect(client: EngineClient, through: number, wanted: object) {
  const events = [];
  for await (const batch of client.events({ after: 0, ...wanted })) {
    events.push(...batch.events);
    if (batch.through >= through) break;
  }
  return events;
}

function bookOf(events: Awaited<ReturnType<typeof collect>>): Map<string, number> {
  const book = new Map<string, number>();
  for (const event of events) if (event.kind === 'LevelChanged') book.set(`${event.instrumentNumber} ${event.side} ${event.priceTicks}`, event.quantityLots);
  return new Map([...book].sort());
}
