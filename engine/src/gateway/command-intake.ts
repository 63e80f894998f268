// The only producer of the input ring, on the main thread. Frames are copied straight into claimed slots, checked there,
// and published together; a frame with a bad record publishes nothing. Never blocks: what does not fit now is offered
// again after `waitForRoom`. The same check serves every door: a command sent alone is a frame of one record.

import { setTimeout as after } from 'node:timers/promises';
import { checkCommand } from '@mib/proto/check-command';
import { COMMAND, COMMAND_KIND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS, RECORD_WORDS, recordViews, type RecordViews } from '@mib/proto/layout-record';
import { Producer } from '../ring/producer.ts';
import { RingHaltedError } from '../ring/ring-memory.ts';
import { monotonicMs } from '../latency/monotonic-clock.ts';
import { SlotTimes } from '../latency/slot-times.ts';
import { stageHistogram, type LatencyMemory } from '../latency/stages.ts';
import type { StageHistogram } from '../latency/stage-histogram.ts';
import type { InputRing } from '../workers/topology.ts';

/** A full ring is looked at by the clock: being woken for every batch of the core would cost its thread more than it gains here. */
const LOOK_EVERY_MS = 1;
/** A stream that no client has. */
const NOBODY = -1;

export class CommandIntake {
  readonly #producer: Producer;
  readonly #slots: RecordViews;
  readonly #slotCount: number;
  readonly #times: SlotTimes;
  readonly #decoding: StageHistogram;
  #room: Promise<void> | undefined;
  /** Commands taken since the start. */
  published = 0;

  constructor(input: InputRing, latency: LatencyMemory) {
    this.#producer = new Producer(input);
    this.#slots = recordViews(input.slots);
    this.#slotCount = input.slotCount;
    this.#times = new SlotTimes(latency.inputTimes);
    this.#decoding = stageHistogram(latency, 'DECODE');
  }

  /**
   * Takes all records of `bytes` (whole records, at most a ring of them) for the stream, or none.
   *
   * @param arrivedMs - when the frame arrived, by monotonicMs.
   * @returns false when there is no room for them now.
   * @throws {InvalidValueError} naming the value of the first bad record.
   */
  offer(bytes: Uint8Array, stream: number, arrivedMs: number): boolean {
    const count = bytes.byteLength / RECORD_BYTES;
    if (this.#producer.free(count) < count) return false;
    const first = (this.#producer.claim(count) - count + 1) | 0;
    this.#copyIn(bytes, first & (this.#slotCount - 1));
    try {
      this.#admit(first, count, stream, arrivedMs);
    } catch (error) {
      this.#producer.unclaim();
      throw error;
    }
    this.published += count;
    const nowMs = monotonicMs();
    this.#times.enter(first, count, nowMs);
    this.#producer.publish();
    this.#decoding.record(nowMs - arrivedMs, count);
    return true;
  }

  /** Sends a QUERY through the pipeline; false when there is no room now. */
  offerQuery(): boolean {
    if (this.#producer.free(1) < 1) return false;
    const sequence = this.#producer.claim(1);
    const slot = sequence & (this.#slotCount - 1);
    this.#times.skip(sequence);
    this.#slots.words[slot * RECORD_WORDS + COMMAND.KIND] = COMMAND_KIND.QUERY;
    this.#producer.publish();
    return true;
  }

  /** Sends ADVANCE_TIME, whose result nobody waits for; false when there is no room now. */
  offerAdvanceTime(): boolean {
    if (this.#producer.free(1) < 1) return false;
    const sequence = this.#producer.claim(1);
    const slot = sequence & (this.#slotCount - 1);
    const nowMs = monotonicMs();
    this.#slots.words.fill(0, slot * RECORD_WORDS, (slot + 1) * RECORD_WORDS);
    this.#slots.words[slot * RECORD_WORDS + COMMAND.KIND] = COMMAND_KIND.ADVANCE_TIME;
    this.#slots.words[slot * RECORD_WORDS + COMMAND.STREAM] = NOBODY;
    this.#slots.numbers[slot * RECORD_NUMBERS + COMMAND.RECEIVED_NUMBER] = nowMs;
    this.#times.enter(sequence, 1, nowMs);
    this.published++;
    this.#producer.publish();
    return true;
  }

  /**
   * Resolves when an offer of `count` records may succeed. All who wait share one look at the ring.
   *
   * @throws {RingHaltedError} when a thread has died, and there will be no room.
   */
  async waitForRoom(count: number): Promise<void> {
    while (this.#producer.free(count) < count) {
      if (this.#producer.halted) throw new RingHaltedError();
      this.#room ??= after(LOOK_EVERY_MS).finally(() => (this.#room = undefined));
      await this.#room;
    }
  }

  /** Resolves when everything taken has been applied, or a thread has died and nothing ever will be. */
  async drain(): Promise<void> {
    try {
      while (this.#room) await this.#room;
      await this.#producer.waitUntilDrained();
    } catch (error) {
      if (!(error instanceof RingHaltedError)) throw error;
    }
  }

  #copyIn(bytes: Uint8Array, slot: number): void {
    const beforeWrap = Math.min(bytes.byteLength, (this.#slotCount - slot) * RECORD_BYTES);
    this.#slots.bytes.set(bytes.subarray(0, beforeWrap), slot * RECORD_BYTES);
    if (beforeWrap < bytes.byteLength) this.#slots.bytes.set(bytes.subarray(beforeWrap), 0);
  }

  #admit(first: number, count: number, stream: number, arrivedMs: number): void {
    for (let i = 0; i < count; i++) {
      const slot = (first + i) & (this.#slotCount - 1);
      checkCommand(this.#slots, slot);
      this.#slots.words[slot * RECORD_WORDS + COMMAND.STREAM] = stream;
      this.#slots.numbers[slot * RECORD_NUMBERS + COMMAND.RECEIVED_NUMBER] = arrivedMs;
    }
  }
}
