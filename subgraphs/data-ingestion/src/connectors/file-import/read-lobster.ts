// Streams a LOBSTER pair through a LobsterDay: memory is two chunks, one batch and the open orders of the day.

import { ClientError } from '@mib/service/errors';
import { LobsterDay } from '../../domain/files/lobster-day.ts';
import { depthOf } from '../../domain/files/lobster-row.ts';
import type { TickBatch } from '../../domain/files/tick-batch.ts';
import type { ImportFile } from './import-files.ts';
import { LineCursor } from './line-cursor.ts';

/**
 * Yields the pair in batches; a batch is valid until the next one is asked for.
 *
 * @throws {ClientError} VALIDATION for an orderbook file that is none, or a line without end.
 */
export async function* readLobster(messageFile: ImportFile, bookFile: ImportFile): AsyncGenerator<TickBatch> {
  const [messages, books] = [new LineCursor(messageFile.chunks), new LineCursor(bookFile.chunks)];
  try {
    if (!(await books.fill())) throw new ClientError('VALIDATION', 'orderbook file must not be empty', { field: ['input', 'orderBookUri'] });
    const day = new LobsterDay(depthOf(books.line.bytes, books.line.at));
    const { batch } = day;
    for (;;) {
      const [hasMessage, hasBook] = [messages.hasLine || (await messages.fill()), books.hasLine || (await books.fill())];
      if (!hasMessage && !hasBook) break;
      if (hasMessage && hasBook) while (messages.hasLine && books.hasLine && !batch.isFull) day.step(messages.line, books.line);
      else day.unpaired(hasMessage ? messages.line : books.line, hasMessage ? 'orderbook' : 'message');
      if (!batch.isFull) continue;
      batch.readBytes = messageFile.readBytes + bookFile.readBytes;
      yield batch;
      batch.next();
    }
    batch.readBytes = messageFile.readBytes + bookFile.readBytes;
    if (!batch.isEmpty) yield batch;
  } finally {
    await Promise.all([messages.close(), books.close()]);
  }
}
