// The engine as its callers see it. One client is one HTTP/2 connection; commands travel coalesced on one packed stream,
// so a thousand concurrent `submit` calls cost a few messages. Records on the wire are drawn in layout-*.ts.

import type { EngineConnection } from './client/engine-credentials.ts';
import { connectGrpc } from './client/grpc-engine-client.ts';
import type { CommandResult, EngineCommand } from './engine-commands.ts';
import type { EventBatch, EventsWanted } from './client/event-follower.ts';
import type { AccountSnapshot, BookSnapshot, EngineStatus, InstrumentDefinition, QuoteSnapshot } from './engine-views.ts';

export type { CommandResult, EngineCommand } from './engine-commands.ts';
export type { CommandStatus, RejectCode, ResultCode, CancelReason } from './engine-codes.ts';
export type { EngineEvent, VenuePrint } from './engine-events.ts';
export type { AccountSnapshot, BookSnapshot, EngineStatus, IndicativePrice, InstrumentDefinition, LevelView, QuoteSnapshot } from './engine-views.ts';
export type { EventBatch, EventsWanted } from './client/event-follower.ts';
export { PlaintextRefusedError, type EngineConnection } from './client/engine-credentials.ts';
export { EngineUnavailableError } from './client/engine-unavailable-error.ts';
export { EventsRemovedError } from './client/events-removed-error.ts';

export interface EngineClient extends AsyncDisposable {
  /**
   * Sends one command.
   *
   * @returns the result, once the command is durable and applied.
   * @throws {InvalidValueError} for a command that no engine would take, before anything is sent.
   * @throws {EngineUnavailableError} when the outcome is unknown (`sent`) or the command never left.
   */
  submit(command: EngineCommand): Promise<CommandResult>;
  /**
   * Follows events after a sequence; reconnects and resumes until aborted.
   *
   * @throws {InvalidValueError} when `after` lies beyond the engine's last event.
   * @throws {EventsRemovedError} when events after `after` are not kept any more.
   */
  events(wanted: EventsWanted): AsyncIterable<EventBatch>;
  /** Unknown instruments are left out. `depth` is 1..1000 levels a side. Many books take several reads, each whole in itself. */
  books(instrumentNumbers: readonly number[], depth: number): Promise<readonly BookSnapshot[]>;
  /** Unknown instruments are left out. */
  quotes(instrumentNumbers: readonly number[]): Promise<readonly QuoteSnapshot[]>;
  /** Unknown accounts are left out. @throws {EngineUnavailableError} for accounts with more than 16,384 positions and limits together. */
  accounts(accountNumbers: readonly number[]): Promise<readonly AccountSnapshot[]>;
  instruments(): Promise<readonly InstrumentDefinition[]>;
  /** `stateHash: false` spares the engine a walk over its whole state, which may take a second or two. */
  status(options?: { stateHash?: boolean }): Promise<EngineStatus>;
}

/**
 * Connects lazily: no engine need be there yet.
 *
 * @throws {PlaintextRefusedError} for an address off loopback without TLS.
 */
export function connectEngine(connection: EngineConnection): EngineClient {
  return connectGrpc(connection);
}
