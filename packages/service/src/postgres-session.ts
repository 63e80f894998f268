// One PostgreSQL session for what lives in a session: advisory locks and LISTEN. Queries queue up one after the other,
// and its loss is a signal that everything built on it listens to.

import pg from 'pg';

export class PostgresSession implements AsyncDisposable {
  readonly #client: pg.Client;
  readonly #lost = new AbortController();
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(client: pg.Client) {
    this.#client = client;
    client.on('error', () => this.#lost.abort());
    client.on('end', () => this.#lost.abort());
  }

  /** @param onNotification - called for every channel that `LISTEN` names later. */
  static async open(url: string, applicationName: string, onNotification: (channel: string, payload: string) => void): Promise<PostgresSession> {
    const client = new pg.Client({ connectionString: url, application_name: applicationName, keepAlive: true });
    const session = new PostgresSession(client);
    client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''));
    await client.connect();
    return session;
  }

  /** Fires when the connection is gone, with all its locks. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  query<R extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<R>> {
    const result = this.#tail.then(() => this.#client.query<R>(query as string, values));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Gives the session up after a failure that leaves its state in doubt. */
  abandon(): void {
    this.#lost.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost.abort();
    await this.#client.end().catch(() => undefined);
  }
}
