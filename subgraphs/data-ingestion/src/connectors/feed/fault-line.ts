// A line that fails by a seed: what a venue sends goes in, what arrives comes out. Frames are dropped, sent twice, overtaken
// by later ones and damaged. TCP does none of this, but proxies, venues and our own mistakes do all of it.

import { nextInteger, type Random } from '../../domain/random.ts';

export interface FaultRates {
  readonly drop: number;
  readonly duplicate: number;
  /** Held back behind one to MAX_HELD_BACK later frames. */
  readonly reorder: number;
  readonly corrupt: number;
}

/** Damages a frame so that a receiver can see it: cut off, or one character replaced. */
export type Damage = (frame: string, random: Random) => string;

const MAX_HELD_BACK = 3;
/** Every fault about once in twenty frames. */
export const ROUGH: FaultRates = { drop: 0.05, duplicate: 0.05, reorder: 0.05, corrupt: 0.05 };
export const CLEAN: FaultRates = { drop: 0, duplicate: 0, reorder: 0, corrupt: 0 };

export class FaultLine {
  rates: FaultRates;
  readonly #random: Random;
  readonly #damage: Damage;
  #held: { readonly frame: string; behind: number }[] = [];

  constructor(random: Random, rates: FaultRates, damage: Damage) {
    this.#random = random;
    this.rates = rates;
    this.#damage = damage;
  }

  /** @returns what arrives now, in order. */
  pass(frame: string): string[] {
    const random = this.#random;
    const { drop, duplicate, reorder, corrupt } = this.rates;
    const arrived: string[] = [];
    if (random() < reorder) this.#held.push({ frame, behind: nextInteger(random, 1, MAX_HELD_BACK) });
    else if (random() >= drop) {
      arrived.push(random() < corrupt ? this.#damage(frame, random) : frame);
      if (random() < duplicate) this.#held.push({ frame, behind: nextInteger(random, 0, MAX_HELD_BACK) });
    }
    for (const held of this.#held) held.behind -= 1;
    arrived.push(...this.#held.filter(({ behind }) => behind < 0).map((held) => held.frame));
    this.#held = this.#held.filter(({ behind }) => behind >= 0);
    return arrived;
  }

  /** What is under way is lost with the connection. */
  cut(): void {
    this.#held = [];
  }
}

/** Cuts the end off, or puts `alphabet`'s characters in the place of one. */
export function damageWith(alphabet: string): Damage {
  return (frame, random) => {
    const at = nextInteger(random, 0, frame.length - 1);
    if (random() < 0.3) return frame.slice(0, at);
    return `${frame.slice(0, at)}${alphabet[nextInteger(random, 0, alphabet.length - 1)]!}${frame.slice(at + 1)}`;
  };
}
