// Who follows whom, worked out from the one declaration in allocateRing. Nobody lists gates or wake-ups by hand: a gate
// forgotten overwrites a slot that is being read, a wake-up forgotten sleeps for ever, and both pass most tests.

import { consumerParkedIndex, consumerSequenceIndex, CURSOR_INDEX, producerParkedIndex, type RingMemory } from './ring-memory.ts';

type Consumers<Name extends string> = RingMemory<Name>['consumers'];

/**
 * Names to numbers. Following only those declared before rules out circles.
 *
 * @throws {RangeError} naming who follows somebody unknown.
 */
export function followIndexes<Name extends string>(declared: Readonly<Record<Name, readonly Name[]>>): Consumers<Name> {
  const names = Object.keys(declared) as Name[];
  return names.map((name, number) => ({
    name,
    follows: declared[name].map((followed) => {
      const index = names.indexOf(followed);
      if (index < 0 || index >= number) throw new RangeError(`consumer "${name}" must follow consumers declared before it, followed "${followed}"`);
      return index;
    }),
  }));
}

/** @throws {RangeError} when the ring has no such consumer. */
export function consumerNumber(ring: RingMemory, name: string): number {
  const number = ring.consumers.findIndex((consumer) => consumer.name === name);
  if (number < 0) throw new RangeError(`consumer must be one of ${ring.consumers.map((consumer) => consumer.name).join(' ')}, was "${name}"`);
  return number;
}

/** Words that hold the sequences a consumer must not pass. */
export function followedByConsumer(ring: RingMemory, consumer: number): readonly number[] {
  const { follows } = ring.consumers[consumer]!;
  return follows.length === 0 ? [CURSOR_INDEX] : follows.map((followed) => consumerSequenceIndex(ring, followed));
}

/** Words of the consumers that nobody follows: whoever fills slots must not lap them, and so laps nobody. */
export function gateIndexes(ring: RingMemory): readonly number[] {
  return numbers(ring).filter((consumer) => isLast(ring, consumer)).map((consumer) => consumerSequenceIndex(ring, consumer));
}

/** Flags to look at after publishing. */
export function followersOfProducers(ring: RingMemory): readonly number[] {
  return sleepers(ring, numbers(ring).filter((other) => ring.consumers[other]!.follows.length === 0).map((other) => consumerParkedIndex(ring, other)));
}

/** Flags to look at after releasing: the consumers behind this one, or the producers when it is the last. */
export function followersOfConsumer(ring: RingMemory, consumer: number): readonly number[] {
  if (isLast(ring, consumer)) return sleepers(ring, Array.from({ length: ring.producers }, (_, producer) => producerParkedIndex(producer)));
  return sleepers(ring, numbers(ring).filter((other) => ring.consumers[other]!.follows.includes(consumer)).map((other) => consumerParkedIndex(ring, other)));
}

function isLast(ring: RingMemory, consumer: number): boolean {
  return !ring.consumers.some((other) => other.follows.includes(consumer));
}

/** On a ring that spins nobody sleeps. */
function sleepers(ring: RingMemory, flags: readonly number[]): readonly number[] {
  return ring.wait === 'spin' ? [] : flags;
}

function numbers(ring: RingMemory): number[] {
  return [...ring.consumers.keys()];
}
