// Reads the journal from any sequence, block by block in bounded memory, also while it is being written: `next` returns
// undefined at the present end and goes on from there when called again. `end` says what stands behind the last good
// block. A bad stretch at the very end is a write that a crash cut short: nothing in it was acknowledged, and the writer
// will cut it off. A bad stretch with good blocks after it is damage, and the engine must not start on it. Reading
// changes nothing on disk.

import { join } from 'node:path';
import { RECORD_BYTES, type RecordViews } from '@mib/proto/layout-record';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { HEADER_BYTES, segmentName, type Header } from './journal-format.ts';
import { SegmentWindow } from './segment-window.ts';
import { findSegment, firstSequenceOf, JournalDamagedError, listSegments } from './segments.ts';

/** Where writing goes on. Plain data: it travels to the journal's thread. */
export interface JournalEnd {
  /** 0 before the first segment exists. */
  readonly segment: number;
  readonly offset: number;
  readonly lastSequence: number;
  readonly chainCrc: number;
  /** Bytes of the segment behind the end that are not zero: a write that was cut short. */
  readonly tornBytes: number;
}

/** Commands in order: records `first` to `first + count - 1` of `views`, valid until the next call of `next`. */
export interface JournalBlock {
  readonly views: RecordViews;
  readonly first: number;
  readonly count: number;
  /** Where the first of them stands. */
  readonly segment: number;
  readonly byte: number;
}

/** Before the first command of a new journal. */
export const JOURNAL_START: JournalEnd = { segment: 0, offset: 0, lastSequence: 0, chainCrc: 0, tornBytes: 0 };

export type OnBlock = (views: RecordViews, first: number, count: number) => void;

/**
 * Reads everything from `from` on.
 *
 * @throws {JournalDamagedError} naming file and byte; {JournalOutOfRangeError} when retention has removed `from`;
 *   {JournalVersionError} for a journal of a newer engine.
 */
export function readJournal(storage: Storage, directory: string, onBlock: OnBlock, from = 1): JournalEnd {
  using reader = new JournalReader(storage, directory, from);
  for (let block = reader.next(); block; block = reader.next()) onBlock(block.views, block.first, block.count);
  return reader.end();
}

export class JournalReader implements Disposable {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #from: number;
  readonly #window = new SegmentWindow();
  #file: StorageFile | undefined;
  #segment = 0;
  /** Of the next block; 0 while the segment's header is not read. */
  #offset = 0;
  /** Whether a segment's header was read, which is where the chain begins. */
  #chained = false;
  #lastSequence = 0;
  #chainCrc = 0;

  /** @param from - first command wanted; by default the first that is kept. */
  constructor(storage: Storage, directory: string, from = firstSequenceOf(storage, directory) ?? 1) {
    this.#storage = storage;
    this.#directory = directory;
    this.#from = from;
    const segment = findSegment(storage, directory, from);
    if (segment !== undefined) this.#begin(segment);
  }

  /** Last sequence passed by `next`, or skipped on the way to the first. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Checksum of the header of the last block that `next` passed: where the chain goes on. */
  get chainCrc(): number {
    return this.#chainCrc;
  }

  /**
   * The next block, or undefined when there is none yet.
   *
   * While an engine writes, the last block may not be durable yet; it is once a later one is there.
   *
   * @throws {JournalDamagedError} naming file and byte.
   */
  next(): JournalBlock | undefined {
    for (;;) {
      const block = this.#take() ?? this.#takeAgain();
      if (block && this.#lastSequence >= this.#from) return this.#wanted(block);
      if (!block && !this.#moveOn()) return undefined;
    }
  }

  /** Where the journal ends, once `next` has returned undefined. @throws {JournalDamagedError} when good blocks follow. */
  end(): JournalEnd {
    const end = { segment: this.#segment, offset: this.#offset, lastSequence: this.#lastSequence, chainCrc: this.#chainCrc };
    if (!this.#file) return { ...end, tornBytes: 0 };
    this.#refuseIfGoodFollows();
    if (!this.#chained && this.#segment > 1) throw new JournalDamagedError(`${segmentName(this.#segment)} is damaged at byte 0: its header is bad, and no segment is before it`);
    const tornBytes = this.#window.countNonZero(this.#offset);
    return { ...end, tornBytes: tornBytes > 0 && this.#hasGrown() ? 0 : tornBytes };
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
  }

  #take(): JournalBlock | undefined {
    if (!this.#file || (this.#offset === 0 && !this.#enter())) return undefined;
    const header = this.#following();
    if (!header) return undefined;
    const { views, first } = this.#window.records(this.#offset);
    const byte = this.#offset + HEADER_BYTES;
    this.#offset += HEADER_BYTES + header.count * RECORD_BYTES;
    this.#lastSequence += header.count;
    this.#chainCrc = header.headerCrc;
    return { views, first, count: header.count, segment: this.#segment, byte };
  }

  /** The block at the reader's place, if it is whole and belongs there. */
  #following(): Header | undefined {
    const header = this.#window.block(this.#offset);
    return header?.firstSequence === this.#lastSequence + 1 && header.previousCrc === this.#chainCrc ? header : undefined;
  }

  /** What the window holds may be older than the file. */
  #takeAgain(): JournalBlock | undefined {
    this.#window.forget();
    return this.#take();
  }

  /** Reads the segment's header; the first one read says where the chain begins. */
  #enter(): boolean {
    const header = this.#window.segmentHeader();
    if (!header || header.count !== this.#segment || !this.#continues(header)) return false;
    this.#lastSequence = header.firstSequence - 1;
    this.#chainCrc = header.headerCrc;
    this.#offset = HEADER_BYTES;
    this.#chained = true;
    return true;
  }

  #continues(header: Header): boolean {
    if (!this.#chained) return true;
    return header.firstSequence === this.#lastSequence + 1 && header.previousCrc === this.#chainCrc;
  }

  /** Goes to the next segment if there is one and this one is read to its end. */
  #moveOn(): boolean {
    const next = this.#segment === 0 ? listSegments(this.#storage, this.#directory)[0] : this.#follower();
    if (next === undefined) return false;
    if (this.#segment !== 0 && this.#isUnfinished(next)) return true;
    this.#begin(next);
    return true;
  }

  #follower(): number | undefined {
    return listSegments(this.#storage, this.#directory).includes(this.#segment + 1) ? this.#segment + 1 : undefined;
  }

  /** A block may have come after the last look and before the next segment; anything else behind the end is damage. */
  #isUnfinished(next: number): boolean {
    if (this.#hasGrown()) return true;
    this.#refuseIfGoodFollows();
    if (this.#offset > 0 && this.#window.countNonZero(this.#offset) === 0) return false;
    throw new JournalDamagedError(`${segmentName(this.#segment)} is damaged at byte ${this.#offset}: the block there is bad, but ${segmentName(next)} follows`);
  }

  /** Whether the block that was missing is there now: an engine may have written on since. */
  #hasGrown(): boolean {
    this.#window.forget();
    return this.#offset > 0 && this.#following() !== undefined;
  }

  #refuseIfGoodFollows(): void {
    const follower = this.#window.findBlock(this.#offset + HEADER_BYTES);
    if (follower === undefined || this.#hasGrown()) return;
    throw new JournalDamagedError(`${segmentName(this.#segment)} is damaged at byte ${this.#offset}: the block there is bad, but a good one follows at byte ${follower}`);
  }

  #begin(segment: number): void {
    this[Symbol.dispose]();
    this.#file = this.#storage.open(join(this.#directory, segmentName(segment)), 'read');
    this.#window.show(this.#file);
    this.#segment = segment;
    this.#offset = 0;
  }

  #wanted(block: JournalBlock): JournalBlock {
    const skipped = Math.max(0, this.#from - (this.#lastSequence - block.count + 1));
    return skipped === 0 ? block : { ...block, first: block.first + skipped, count: block.count - skipped, byte: block.byte + skipped * RECORD_BYTES };
  }
}
