// Reads a CSV file of bars as a stream: rows come out with their line, whatever state the file is in. No field of a bar
// holds a line break, so lines are parsed one by one and a broken quote costs its own row and no other. A row that cannot
// be read is a reject, never an exception; only a file without a usable header is refused as a whole.

import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { ClientError } from '@mib/service/errors';
import type { BarRow, BarRules } from './bar.ts';
import { findColumns, type CsvColumns } from './csv-columns.ts';
import { readRow } from './csv-row.ts';
import { MAX_LINE_CHARACTERS, readLines, type TextLine } from './text-lines.ts';

/**
 * Yields every data row in the order of the file, those of one chunk together; empty lines are none.
 *
 * @throws {ClientError} VALIDATION for an empty file or a header without time and prices.
 */
export async function* readBars(source: Readable, rules: BarRules): AsyncGenerator<readonly BarRow[]> {
  let columns: CsvColumns | undefined;
  for await (const lines of readLines(source)) {
    const rows: BarRow[] = [];
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      if (columns) rows.push(readLine(line, columns, rules));
      else columns = findColumns(readFields(line.text) ?? []);
    }
    if (rows.length > 0) yield rows;
  }
  if (!columns) throw new ClientError('VALIDATION', 'file must begin with a header, it has none', { field: ['input', 'uri'] });
}

function readLine(line: TextLine, columns: CsvColumns, rules: BarRules): BarRow {
  const refuse = (reason: string): BarRow => ({ kind: 'reject', line: line.number, code: 'MALFORMED_ROW', reason });
  if (line.truncated) return refuse(`row is longer than ${MAX_LINE_CHARACTERS} characters`);
  const fields = readFields(line.text);
  return fields ? readRow(fields, columns, line.number, rules) : refuse('row has a broken quote');
}

/** Most lines hold no quote and need no parser. */
function readFields(text: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(',').map((field) => field.trim());
  try {
    return parse(text, { trim: true, relax_column_count: true })[0];
  } catch {
    return undefined;
  }
}
