// The one error this package throws: a text or number from outside that is not what it claims to be.
// The edges turn it into a VALIDATION error; the offending value is always part of the message.

export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
  readonly value: unknown;

  constructor(message: string, value: unknown) {
    super(`${message}, was ${shown(value)}`);
    this.value = value;
  }
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
