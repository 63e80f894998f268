import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExpiryTimer } from './expiry-timer.ts';

const START_MS = 1_700_000_000_000;

describe('the expiry timer', () => {
  beforeEach(() => void jest.useFakeTimers({ now: START_MS }));
  afterEach(() => void jest.useRealTimers());

  function timer(hasRoom = () => true): { one: ExpiryTimer; sentMs: number[] } {
    const sentMs: number[] = [];
    const advanceTime = (): boolean => hasRoom() && sentMs.push(Date.now() - START_MS) > 0;
    return { one: new ExpiryTimer({ advanceTime, nowMicros: () => Date.now() * 1_000 }), sentMs };
  }

  const inMs = (ms: number): number => (START_MS + ms) * 1_000;

  it('sends once, when the next order expires', () => {
    const { one, sentMs } = timer();
    one.note(inMs(50));
    one.note(inMs(50));
    jest.advanceTimersByTime(1_000);
    expect(sentMs).toEqual([50]);
    one.note(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('has no timer while no order expires', () => {
    const { one } = timer();
    one.note(0);
    expect(jest.getTimerCount()).toBe(0);
    one.note(inMs(50));
    one[Symbol.dispose]();
    expect(jest.getTimerCount()).toBe(0);
    one.note(inMs(60));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('follows an earlier and a later expiry', () => {
    const { one, sentMs } = timer();
    one.note(inMs(50));
    one.note(inMs(20));
    one.note(inMs(70));
    jest.advanceTimersByTime(1_000);
    expect(sentMs).toEqual([70]);
  });

  it('waits for an expiry beyond the longest timeout', () => {
    const { one, sentMs } = timer();
    const ms = 2 ** 31 + 5;
    one.note(inMs(ms));
    jest.advanceTimersByTime(ms);
    expect(sentMs).toEqual([ms]);
  });

  it('tries again while the ring is full, and when the engine says that it is still due', () => {
    let isFull = true;
    const { one, sentMs } = timer(() => !isFull);
    one.note(inMs(10));
    jest.advanceTimersByTime(20);
    isFull = false;
    jest.advanceTimersByTime(1);
    expect(sentMs).toEqual([21]);
    one.note(inMs(10));
    jest.advanceTimersByTime(10);
    expect(sentMs).toEqual([21, 22]);
  });
});
