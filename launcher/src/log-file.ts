// The output of one child: everything goes to a bounded file, warnings and errors also to the terminal as one short line
// each, so that a storm of them neither fills the disk nor the screen.

import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

/** One older file of the same size is kept beside it. */
const MAX_FILE_BYTES = 8_000_000;
const MAX_LINE_CHARACTERS = 100_000;
const MAX_SHOWN_PER_SECOND = 10;
/** The same line again within this time is in the file only. */
const REPEAT_MS = 10_000;
const MAX_REMEMBERED_LINES = 50;
const LOUD_LEVELS: ReadonlySet<unknown> = new Set(['warn', 'error', 'fatal']);

export class LogFile implements Disposable {
  readonly path: string;
  readonly #name: string;
  readonly #show: (line: string) => void;
  #file: number;
  #bytes: number;
  #partial = '';
  readonly #lastShownMs = new Map<string, number>();
  #second = 0;
  #shown = 0;

  constructor(directory: string, name: string, show: (line: string) => void) {
    this.path = path.join(directory, `${name}.log`);
    this.#name = name;
    this.#show = show;
    this.#bytes = existsSync(this.path) ? statSync(this.path).size : 0;
    this.#file = openSync(this.path, 'a', 0o600);
  }

  /** @param loud - for output that is not JSON: show its lines too. */
  write(text: string, loud: boolean): void {
    this.#append(text);
    const lines = (this.#partial + text).split('\n');
    this.#partial = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of lines) {
      const short = this.#short(line, loud);
      if (short !== undefined) this.#showBounded(short);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #append(text: string): void {
    if (this.#bytes > MAX_FILE_BYTES) {
      closeSync(this.#file);
      renameSync(this.path, `${this.path}.1`);
      this.#file = openSync(this.path, 'a', 0o600);
      this.#bytes = 0;
    }
    this.#bytes += writeSync(this.#file, text);
  }

  #short(line: string, loud: boolean): string | undefined {
    if (!line.startsWith('{')) return loud && line.trim() !== '' ? `[${this.#name}] ${line}` : undefined;
    try {
      const { level, service, msg, err } = JSON.parse(line) as { level?: string; service?: string; msg?: string; err?: { message?: string } };
      if (!LOUD_LEVELS.has(level)) return undefined;
      return `[${service ?? this.#name}] ${level}: ${msg ?? ''}${err?.message ? ` (${err.message.split('\n')[0]})` : ''}`;
    } catch {
      return undefined;
    }
  }

  #showBounded(line: string): void {
    const nowMs = performance.now();
    if (nowMs - (this.#lastShownMs.get(line) ?? -Infinity) < REPEAT_MS) return;
    if (this.#lastShownMs.size >= MAX_REMEMBERED_LINES) this.#lastShownMs.clear();
    this.#lastShownMs.set(line, nowMs);
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#shown = 0;
    }
    this.#shown += 1;
    if (this.#shown <= MAX_SHOWN_PER_SECOND) this.#show(line);
    else if (this.#shown === MAX_SHOWN_PER_SECOND + 1) this.#show(`[${this.#name}] … more in ${this.path}`);
  }
}
