// The errors of a feed. None of them reaches a client: a connector logs them, counts them and begins anew.

/** The venue did not answer, or refused. */
export class FeedError extends Error {
  override readonly name: string = 'FeedError';
}

const SHOWN_CHARACTERS = 120;

/** A frame is not what the venue's protocol says it is; `value` is the part that is not. */
export class DecodeError extends FeedError {
  override readonly name = 'DecodeError';
  readonly value: unknown;

  constructor(message: string, value: unknown) {
    super(`${message}, was ${shown(value)}`);
    this.value = value;
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
