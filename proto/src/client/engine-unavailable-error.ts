// The engine could not be asked, or its answer was lost. Repeat a command with the same clientOrderId: it is applied once.

export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
  /** True when the command may have reached the engine, so that its outcome is unknown. */
  readonly sent: boolean;

  constructor(message: string, options: { sent: boolean; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.sent = options.sent;
  }
}
