// Splits a byte stream into lines at LF, CRLF or CR without ever holding more than one chunk and one bounded line.

import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters kept of one line; the rest of a longer one is dropped and `truncated` says so. */
export const MAX_LINE_CHARACTERS = 10_000;

export interface TextLine {
  /** Counts from 1, empty lines included. */
  readonly number: number;
  readonly text: string;
  readonly truncated: boolean;
}

const BYTE_ORDER_MARK = '\ufeff';

/** Yields the lines in order, all of one chunk at a time. */
export async function* readLines(source: Readable): AsyncGenerator<readonly TextLine[]> {
  const decoder = new StringDecoder('utf8');
  const splitter = new LineSplitter();
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) yield splitter.split(decoder.write(chunk));
  } finally {
    source.destroy();
  }
  yield [...splitter.split(decoder.end()), ...splitter.end()];
}

class LineSplitter {
  #number = 0;
  #rest = '';
  #truncated = false;
  /** The text so far ended in CR: an LF that comes next belongs to the same line end. */
  #afterReturn = false;

  split(text: string): TextLine[] {
    if (text === '') return [];
    const parts = (this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\n|\r/);
    this.#afterReturn = text.endsWith('\r');
    const lines: TextLine[] = [];
    for (let index = 0; index < parts.length - 1; index += 1) {
      this.#keep(parts[index]!);
      lines.push(this.#take());
    }
    this.#keep(parts.at(-1)!);
    return lines;
  }

  end(): TextLine[] {
    return this.#rest === '' ? [] : [this.#take()];
  }

  #keep(part: string): void {
    const whole = this.#rest === '' ? part : this.#rest + part;
    this.#truncated ||= whole.length > MAX_LINE_CHARACTERS;
    this.#rest = whole.slice(0, MAX_LINE_CHARACTERS);
  }

  #take(): TextLine {
    this.#number += 1;
    const text = this.#number === 1 && this.#rest.startsWith(BYTE_ORDER_MARK) ? this.#rest.slice(1) : this.#rest;
    const line = { number: this.#number, text, truncated: this.#truncated };
    this.#rest = '';
    this.#truncated = false;
    return line;
  }
}
