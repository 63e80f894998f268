// An engine for tests of this room alone: its events are what the test says, delivered as the real client does, and its
// answers come from a function of the test. The process-level tests use the real engine.

import type { CommandResult, EngineClient, EngineCommand, EngineEvent, EngineStatus, EventBatch } from '@mib/proto/engine-client';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event without what the engine counts itself. */
export type ScriptedEvent = DistributiveOmit<EngineEvent, 'sequence' | 'commandSequence' | 'timestampNs'>;

export class ScriptedEngine implements Pick<EngineClient, 'submit' | 'events' | 'status'> {
  readonly log: EngineEvent[] = [];
  readonly commands: EngineCommand[] = [];
  /** Answers commands; throws to be unavailable. */
  answer: (command: EngineCommand, engine: ScriptedEngine) => Partial<CommandResult> = () => ({});
  readonly #batch: number;
  #wake: () => void = () => undefined;
  #woken = new Promise<void>((resolve) => (this.#wake = resolve));

  constructor(batch = 16) {
    this.#batch = batch;
  }

  get last(): number {
    return this.log.length;
  }

  emit(...events: readonly ScriptedEvent[]): void {
    for (const event of events) {
      const sequence = this.log.length + 1;
      const tradeId = event.kind === 'Trade' ? { tradeId: sequence } : {};
      this.log.push({ ...event, ...tradeId, sequence, commandSequence: sequence, timestampNs: 1_600_000_000_000_000_000n + BigInt(sequence) } as EngineEvent);
    }
    this.#wake();
    this.#woken = new Promise((resolve) => (this.#wake = resolve));
  }

  async submit(command: EngineCommand): Promise<CommandResult> {
    this.commands.push(command);
    const answer = this.answer(command, this);
    return { sequence: 1, timestampNs: 1n, code: 'OK', replayed: false, orderId: 0, status: 'NONE', filledLots: 0, limit: null, observed: null, lastEventSequence: this.last, ...answer };
  }

  async status(): Promise<EngineStatus> {
    return {
      ready: true, ringSize: 1, published: 0, consumedLag: 0, journalLag: 0, lastCommandSequence: this.last, lastEventSequence: this.last,
      stateHash: '', p50Micros: 0, p99Micros: 0, p999Micros: 0, latency: [], firstEventSequence: 1,
    };
  }

  async *events({ after, signal }: { after: number; signal?: AbortSignal }): AsyncGenerator<EventBatch> {
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    for (let position = after; !signal?.aborted; ) {
      const woken = this.#woken;
      const events = this.log.slice(position, position + this.#batch);
      position += events.length;
      if (events.length > 0) yield { events, through: position };
      else await Promise.race([woken, aborted]);
    }
  }
}
