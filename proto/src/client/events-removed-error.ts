// The events asked for are gone: the engine keeps its event log for a bounded time. A reader that is so far behind starts
// over from a snapshot (books, quotes, accounts) and the events after its `eventSequence`.

/** Trailing metadata of the engine's refusal: the oldest event that it keeps. */
export const FIRST_SEQUENCE_METADATA = 'first-event-sequence';

export class EventsRemovedError extends Error {
  override readonly name = 'EventsRemovedError';
  /** The oldest event that can be read. */
  readonly firstSequence: number;

  constructor(firstSequence: number, options: { cause: unknown }) {
    super(`engine events before ${firstSequence} have been removed`, options);
    this.firstSequence = firstSequence;
  }
}
