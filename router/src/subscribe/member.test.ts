import { describe, expect, it } from '@jest/globals';
import { RequestRefused } from '../respond/graph-error.ts';
import { MAX_WAITING_RESULTS, MAX_WAITING_STATES, Member, type Receiver } from './member.ts';
import { SharedResult } from './shared-result.ts';
import type { Overflow } from './subscriptions-config.ts';

/** A connection that the test fills and drains; it keeps what it was given. */
class TestReceiver implements Receiver {
  isFull = false;
  readonly heard: string[] = [];

  next({ text }: SharedResult): void {
    this.heard.push(text);
  }

  end(refusal?: RequestRefused): void {
    this.heard.push(refusal?.errors[0]?.extensions.code ?? 'complete');
  }
}

const result = (text: unknown) => new SharedResult({ text: String(text) });
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, index) => String(from + index));

function opened(overflow: Overflow): { member: Member; receiver: TestReceiver; push: (from: number, to: number) => void } {
  const member = new Member(overflow);
  const receiver = new TestReceiver();
  member.open(receiver);
  return { member, receiver, push: (from, to) => numbers(from, to).forEach((text) => member.push(result(text))) };
}

describe('one client of a group', () => {
  it('gets what came before its connection was ready, then everything at once', () => {
    const member = new Member('close');
    member.push(result(1));
    const receiver = new TestReceiver();
    member.open(receiver);
    member.push(result(2));
    expect(receiver.heard).toEqual(['1', '2']);
  });

  it('keeps the order of what waited and what comes', () => {
    const { member, receiver, push } = opened('close');
    receiver.isFull = true;
    push(0, 2);
    receiver.isFull = false;
    push(2, 3);
    member.drained();
    push(3, 4);
    expect(receiver.heard).toEqual(numbers(0, 4));
  });

  it('hands out no more than the connection takes', () => {
    const { member, receiver, push } = opened('close');
    receiver.isFull = true;
    push(0, 3);
    receiver.isFull = false;
    receiver.next = ({ text }) => {
      receiver.heard.push(text);
      receiver.isFull = true;
    };
    member.drained();
    expect(receiver.heard).toEqual(['0']);
  });

  it('drops the oldest event of a slow client', () => {
    const { member, receiver, push } = opened('drop');
    receiver.isFull = true;
    push(0, MAX_WAITING_RESULTS + 3);
    receiver.isFull = false;
    member.drained();
    expect(receiver.heard).toEqual(numbers(3, MAX_WAITING_RESULTS + 3));
  });

  it('keeps only the newest state of each thing for a slow client', () => {
    const { member, receiver } = opened('coalesce');
    receiver.isFull = true;
    for (const [text, key] of [['a1', 'a'], ['b1', 'b'], ['a2', 'a'], ['a3', 'a'], ['c1', 'c'], ['b2', 'b']]) member.push(result(text), key);
    receiver.isFull = false;
    member.drained();
    expect(receiver.heard).toEqual(['a3', 'c1', 'b2']);
  });

  it('bounds the things whose state waits', () => {
    const { member, receiver } = opened('coalesce');
    receiver.isFull = true;
    for (let key = 0; key < MAX_WAITING_STATES + 2; key++) member.push(result(key), key);
    receiver.isFull = false;
    member.drained();
    expect(receiver.heard).toEqual(numbers(2, MAX_WAITING_STATES + 2));
  });

  it('ends a stream that may not have holes at once, and lets it go', () => {
    const { member, receiver, push } = opened('close');
    let left = 0;
    member.onLeave(() => left++);
    receiver.isFull = true;
    push(0, MAX_WAITING_RESULTS + 2);
    expect(receiver.heard).toEqual(['SLOW_CONSUMER']);
    member.leave();
    expect(left).toBe(1);
  });

  it('hears of the end behind what waits', () => {
    const { member, receiver, push } = opened('close');
    receiver.isFull = true;
    push(0, 2);
    member.end(RequestRefused.because(503, 'UPSTREAM_LOST', 'lost'));
    push(2, 3);
    expect(receiver.heard).toEqual([]);
    receiver.isFull = false;
    member.drained();
    expect(receiver.heard).toEqual(['0', '1', 'UPSTREAM_LOST']);
  });

  it('hears nothing more once it has left', () => {
    const { member, receiver, push } = opened('close');
    receiver.isFull = true;
    push(0, 2);
    receiver.next = () => member.leave();
    receiver.isFull = false;
    member.drained();
    push(2, 3);
    member.end();
    expect(receiver.heard).toEqual([]);
  });
});
