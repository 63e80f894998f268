// Prices and quantities of a venue, from its text to whole steps of an instrument, exactly and without allocation: a feed
// brings tens of thousands a second. Decimals beyond the last one that is not zero do not count.

import { parseStep } from '@mib/proto/command-rules';

/** `units` times 10 to the power of minus `scale`, without trailing zeros behind the point. */
export interface Digits {
  units: number;
  scale: number;
}

const POINT = 46;
const ZERO = 48;
const NINE = 57;
const MAX_DECIMALS = 18;
const POWERS = Array.from({ length: MAX_DECIMALS + 1 }, (_, exponent) => 10 ** exponent);

/** @returns false for what is no plain decimal of at most 2^53 units; `into` is of no use then. */
export function readDigits(text: string, into: Digits): boolean {
  let units = 0;
  let scale = 0;
  let decimals = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && decimals < 0 && at > 0) decimals = 0;
    else if (code < ZERO || code > NINE) return false;
    else if (decimals < 0) units = units * 10 + code - ZERO;
    else if (++decimals > MAX_DECIMALS) return false;
    else if (code !== ZERO) {
      units = units * POWERS[decimals - scale]! + code - ZERO;
      scale = decimals;
    }
    if (units > Number.MAX_SAFE_INTEGER) return false;
  }
  into.units = units;
  into.scale = scale;
  return text.length > 0 && decimals !== 0;
}

/** The smallest step of an instrument: a tick or a lot. */
export class Step {
  readonly #units: number;
  readonly #scale: number;

  /** @throws {InvalidValueError} for a step that is not above zero. */
  constructor(name: string, text: string) {
    const { units, scale } = parseStep(name, text);
    this.#units = units;
    this.#scale = scale;
  }

  /** Whole steps, or -1 when the value is not a whole number of them. */
  exact({ units, scale }: Digits): number {
    if (scale > this.#scale) return -1;
    const steps = (units * POWERS[this.#scale - scale]!) / this.#units;
    return Number.isSafeInteger(steps) && steps * this.#units <= Number.MAX_SAFE_INTEGER ? steps : -1;
  }

  /** Whole steps, rounded down. */
  floor({ units, scale }: Digits): number {
    if (scale <= this.#scale) return Math.floor((units * POWERS[this.#scale - scale]!) / this.#units);
    return Math.floor(units / (this.#units * POWERS[scale - this.#scale]!));
  }
}
