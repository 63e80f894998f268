// One simulated session: clients send, the engine steps, time passes, the disk fails, the power goes, the process is
// killed, and each time the engine has come back it is audited. Everything follows from the seed.

import { encodeCommand } from '@mib/proto/encode-command';
import type { JournalledCommand } from '@mib/proto/engine-commands';
import { RECORD_BYTES, recordViews } from '@mib/proto/layout-record';
import { MemoryStorage, StorageCrashedError, type Fault } from '../storage/memory-storage.ts';
import { ShortWriteError } from '../storage/write-whole.ts';
import { Audit } from './audit.ts';
import { operate, showLevels, trade, TRADERS } from './market-habits.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedEngine } from './simulated-engine.ts';

export interface SessionReport {
  readonly acknowledged: number;
  readonly deaths: number;
}

const STEPS = { min: 40, max: 250 } as const;
/** An engine that cannot start on a sound disk after this many tries never will. */
const MAX_STARTS = 6;
/** Rounds of steps in which a healthy engine answers everybody. */
const MAX_ROUNDS = 50;
const FIRST_TIME_NS = 1_577_836_800_000_000_000n; // 2020-01-01
const MICROSECOND_NS = 1_000n;
const FAULTS: readonly Fault[] = ['io-error', 'short-write', 'crash'];

/**
 * Runs the session of a seed.
 *
 * @param trace - told each step in words.
 * @throws when the engine broke a promise.
 */
export function runSession(seed: number, trace: (line: string) => void = () => undefined): SessionReport {
  return new Session(seed, trace).run();
}

class Session {
  readonly #random: SeededRandom;
  readonly #trace: (line: string) => void;
  readonly #storage: MemoryStorage;
  readonly #clients: readonly SimulatedClient[];
  readonly #audit = new Audit();
  readonly #record = recordViews(new ArrayBuffer(RECORD_BYTES));
  #engine: SimulatedEngine | undefined;
  #clockNs = FIRST_TIME_NS;
  #deaths = 0;

  constructor(seed: number, trace: (line: string) => void) {
    const random = new SeededRandom(seed);
    this.#random = random;
    this.#trace = trace;
    this.#storage = new MemoryStorage({ random: random.next });
    this.#clients = [new SimulatedClient('operator', random, operate), new SimulatedClient('venue', random, showLevels), ...TRADERS.map((number) => new SimulatedClient(`trader ${number}`, random, trade(number)))];
  }

  run(): SessionReport {
    const steps = this.#random.integer(STEPS.min, STEPS.max);
    this.#start();
    for (let i = 0; i < steps; i++) this.#step();
    this.#heal();
    if (!this.#engine) this.#start();
    this.#finish();
    this.#die('killed at the end');
    this.#start();
    return { acknowledged: this.#audit.answers, deaths: this.#deaths };
  }

  #step(): void {
    const choice = this.#random.next();
    if (choice < 0.4) this.#send(this.#random.pick(this.#clients));
    else if (choice < 0.65) this.#attempt('journal', (engine) => engine.journalStep(this.#clockNs));
    else if (choice < 0.88) this.#attempt('core', (engine) => this.#deliver(engine, this.#random.integer(1, 16)));
    else if (choice < 0.974) this.#pass();
    else if (choice < 0.981) this.#attempt('snapshot', (engine) => this.#snapshot(engine));
    else if (choice < 0.985) this.#die('killed');
    else if (choice < 0.989) this.#lose();
    else this.#breakDisk();
    if (!this.#engine) this.#start();
  }

  #send(client: SimulatedClient): void {
    if (client.isSent) return;
    const command = client.next(Number(this.#clockNs / MICROSECOND_NS));
    this.#attempt(`${client.name} sends ${JSON.stringify(command)}`, (engine) => {
      client.isSent = this.#offer(engine, command, this.#clients.indexOf(client) + 1);
    });
  }

  #offer(engine: SimulatedEngine, command: JournalledCommand, requestId: number): boolean {
    encodeCommand(this.#record, 0, command, requestId);
    return engine.offer(this.#record);
  }

  #deliver(engine: SimulatedEngine, most: number): void {
    const { acknowledgements, events } = engine.coreStep(most);
    this.#audit.published(events);
    for (const { requestId, result } of acknowledgements) {
      const client = this.#clients[requestId - 1];
      if (!client) continue;
      this.#trace(`  ${client.name} is answered: command ${result.sequence} ${result.code} ${result.status}${result.replayed ? ' again' : ''}`);
      this.#audit.answered(client.answered(result), result);
    }
  }

  /** A disk that fails here is no harm: the snapshots before stand. A power cut is one. */
  #snapshot(engine: SimulatedEngine): void {
    this.#audit.readOn(this.#storage); // A snapshot may give segments back that nobody has looked at yet.
    try {
      this.#trace(`  of everything through command ${engine.snapshotStep()}`);
    } catch (error) {
      if (!isOfDisk(error) || error instanceof StorageCrashedError) throw error;
      this.#trace(`  none: ${(error as Error).message}`);
    }
  }

  /** Mostly forward; the machine's clock may be set back. */
  #pass(): void {
    const micros = this.#random.isTrue(0.1) ? -this.#random.integer(1, 10_000) : this.#random.integer(1, 2_000);
    this.#clockNs += BigInt(micros) * MICROSECOND_NS;
    this.#attempt(`${micros} us pass`, (engine) => {
      if (this.#random.isTrue(0.5)) this.#offer(engine, { kind: 'AdvanceTime' }, 0);
    });
  }

  /** Something goes wrong with one of the next operations, or the disk is full soon. */
  #breakDisk(): void {
    if (this.#random.isTrue(0.2)) {
      const used = this.#storage.list('/data').reduce((bytes, name) => bytes + this.#storage.size(`/data/${name}`), 0);
      this.#storage.capacityBytes = used + this.#random.integer(0, 20_000);
      return this.#trace(`the disk will be full at ${this.#storage.capacityBytes} bytes`);
    }
    const fault = this.#random.pick(FAULTS);
    let left = this.#random.integer(0, 6);
    this.#trace(`after ${left} more operations of the disk: ${fault}`);
    this.#storage.fault = ({ kind }) => {
      if (left-- > 0 || (fault === 'short-write' && kind !== 'write')) return undefined;
      this.#storage.fault = () => undefined;
      return fault;
    };
  }

  #heal(): void {
    this.#storage.fault = () => undefined;
    this.#storage.capacityBytes = Infinity;
  }

  /** Does something with the engine; a failing disk is the end of it, anything else that it throws is a bug. */
  #attempt(what: string, action: (engine: SimulatedEngine) => void): void {
    this.#trace(what);
    const engine = this.#engine!;
    try {
      action(engine);
    } catch (error) {
      if (!isOfDisk(error)) throw error;
      this.#prod(engine);
      this.#die((error as Error).message);
    }
  }

  /** An engine whose journal has failed may still answer what is durable, which is audited, and nothing else. */
  #prod(engine: SimulatedEngine): void {
    for (const again of [() => engine.journalStep(this.#clockNs), () => this.#deliver(engine, Infinity)]) {
      try {
        again();
      } catch (error) {
        if (!isOfDisk(error)) throw error;
      }
    }
  }

  #die(why: string): void {
    this.#trace(`the engine dies: ${why}`);
    this.#deaths++;
    this.#storage.kill();
    this.#engine = undefined;
    for (const client of this.#clients) client.isSent = false;
  }

  #lose(): void {
    this.#storage.crash();
    this.#die('the power went');
  }

  #start(): void {
    for (let tries = 1; !this.#engine; tries++) {
      if (tries > 1 || this.#random.isTrue(0.5)) this.#heal();
      try {
        this.#engine = new SimulatedEngine(this.#storage);
      } catch (error) {
        if (!isOfDisk(error) || tries === MAX_STARTS) throw error;
        this.#die(`starting: ${(error as Error).message}`);
      }
    }
    this.#trace(`the engine is up, ${this.#engine.durable} commands, the first ${this.#engine.startedFrom} from a snapshot`);
    this.#audit.recovered(this.#engine, this.#storage);
  }

  /** With nothing wrong any more, everybody is answered. */
  #finish(): void {
    for (let round = 0; this.#clients.some((client) => client.pending); round++) {
      if (round === MAX_ROUNDS) throw new Error('a healthy engine leaves clients without an answer');
      for (const client of this.#clients) if (client.pending) this.#send(client);
      this.#attempt('journal', (engine) => engine.journalStep(this.#clockNs));
      this.#attempt('core', (engine) => this.#deliver(engine, Infinity));
    }
  }
}

/** Thrown by storage, or by who was told to write less than asked. */
function isOfDisk(error: unknown): boolean {
  return error instanceof StorageCrashedError || error instanceof ShortWriteError || (error instanceof Error && 'syscall' in error);
}
