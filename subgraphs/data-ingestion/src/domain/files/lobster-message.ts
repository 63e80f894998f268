// One line of a LOBSTER message file, read from bytes into numbers that are reused: no string and no object a row.
//
//   34200.017459617,5,0,1,2238200,-1
//   seconds after midnight, type, order id, size, price in ten-thousandths, direction of the resting order
//
// Source: LOBSTER sample files' read-me, version of 1 September 2013, and the help pages on types 6 and 7.

/** What happened to the book, or beside it. */
export const LOBSTER_TYPE = { ADD: 1, CANCEL: 2, DELETE: 3, EXECUTE: 4, EXECUTE_HIDDEN: 5, CROSS: 6, HALT: 7 } as const;

/** The fields of the line read last. */
export interface LobsterMessage {
  /** Nanoseconds after midnight in New York; a whole number. */
  timeNs: number;
  type: number;
  /** The order id as two words; a cross has a negative one, which is not kept. */
  idHigh: number;
  idLow: number;
  /** Shares. */
  size: number;
  /** In ten-thousandths of a dollar; of a halt -1 (halted), 0 (quoting) or 1 (trading). */
  price: number;
  /** 1 for a resting buy order, -1 for a sell order. */
  direction: number;
}

export function emptyMessage(): LobsterMessage {
  return { timeNs: 0, type: 0, idHigh: 0, idLow: 0, size: 0, price: 0, direction: 0 };
}

/** Why a line is none; `undefined` for a good one. */
export type LobsterFault = 'MALFORMED_ROW' | 'INVALID_TIME' | 'INVALID_NUMBER' | 'UNKNOWN_TYPE' | 'NON_POSITIVE_PRICE';

// Taken once: a look at the global for every byte costs a hundredfold where globals are intercepted, as under a test runner.
const { imul } = Math;
export const NS_PER_DAY = 86_400_000_000_000;
const NEW_LINE = 10;
const RETURN = 13;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NS_PER_SECOND = 1_000_000_000;
const TIME_DECIMALS = 9;
const SMALL_DIGITS = 9;
/** Beyond it two numbers could look like one: every figure of a file stays exact. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
const TWO_TO_32 = 4_294_967_296;

/** Reads numbers of one line after the other; `at` stands behind what was read. */
export class LineNumbers {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  /** @returns the whole number at `at`, NaN where none stands or where it is too large to be exact. */
  integer(): number {
    const { bytes } = this;
    const negative = bytes[this.at] === MINUS;
    const first = negative ? this.at + 1 : this.at;
    let at = first;
    let small = 0;
    let digit = bytes[at]! - ZERO;
    // Nine digits fit 32 bits, where a step costs a shift and an add; nearly every figure ends within them.
    for (const end = first + SMALL_DIGITS; digit >= 0 && digit <= 9 && at < end; digit = bytes[++at]! - ZERO) small = (imul(small, 10) + digit) | 0;
    let value = small;
    for (; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) value = value * 10 + digit;
    this.at = at;
    if (at === first || value > MAX_EXACT) return NaN;
    return negative ? -value : value;
  }

  /** @returns decimal seconds as nanoseconds, NaN where none stand or where they are finer than that. */
  seconds(): number {
    const seconds = this.integer();
    if (this.bytes[this.at] !== POINT) return seconds * NS_PER_SECOND;
    const first = ++this.at;
    if (this.bytes[first] === MINUS) return NaN;
    const fraction = this.integer();
    const decimals = this.at - first;
    if (decimals < 1 || decimals > TIME_DECIMALS) return NaN;
    return seconds * NS_PER_SECOND + fraction * POWERS_OF_TEN[TIME_DECIMALS - decimals]!;
  }

  /** Steps over a comma, if one stands here. */
  comma(): boolean {
    if (this.bytes[this.at] !== COMMA) return false;
    this.at += 1;
    return true;
  }

  /** Steps over the end of the line, if it is here; the buffer ends with one. */
  lineEnd(): boolean {
    const behind = this.bytes[this.at] === RETURN ? this.at + 1 : this.at;
    if (this.bytes[behind] !== NEW_LINE) return false;
    this.at = behind + 1;
    return true;
  }

  /** Steps to the next line, whatever stands before it. */
  skipLine(): void {
    this.at = this.bytes.indexOf(NEW_LINE, this.at) + 1;
  }
}

const POWERS_OF_TEN = Array.from({ length: TIME_DECIMALS + 1 }, (_, exponent) => 10 ** exponent);

/** Reads the line at `line.at`, which ends inside the buffer, and steps behind it whatever it holds. */
export function readLobsterMessage(line: LineNumbers, into: LobsterMessage): LobsterFault | undefined {
  const start = line.at;
  const timeNs = line.seconds();
  const hasType = line.comma();
  const type = line.integer();
  const hasId = line.comma();
  const id = line.integer();
  const hasSize = line.comma();
  const size = line.integer();
  const hasPrice = line.comma();
  const price = line.integer();
  const hasDirection = line.comma();
  const direction = line.integer();
  if (!(hasType && hasId && hasSize && hasPrice && hasDirection && line.lineEnd())) {
    line.at = start;
    line.skipLine();
    return 'MALFORMED_ROW';
  }
  if (!(timeNs >= 0 && timeNs < NS_PER_DAY)) return 'INVALID_TIME';
  into.timeNs = timeNs;
  into.type = type;
  into.idHigh = Math.floor(Math.abs(id) / TWO_TO_32);
  into.idLow = Math.abs(id) % TWO_TO_32;
  into.size = size;
  into.price = price;
  into.direction = direction;
  return checkFields(type, id, size, price, direction);
}

function checkFields(type: number, id: number, size: number, price: number, direction: number): LobsterFault | undefined {
  if (Number.isNaN(id) || Number.isNaN(size) || Number.isNaN(price) || (direction !== 1 && direction !== -1)) return 'INVALID_NUMBER';
  if (!(type >= LOBSTER_TYPE.ADD && type <= LOBSTER_TYPE.HALT)) return 'UNKNOWN_TYPE';
  if (type === LOBSTER_TYPE.HALT) return price >= -1 && price <= 1 ? undefined : 'INVALID_NUMBER';
  if (type === LOBSTER_TYPE.CROSS) return size >= 0 && price >= 0 ? undefined : 'INVALID_NUMBER';
  if (size <= 0 || id < 0) return 'INVALID_NUMBER';
  return price > 0 ? undefined : 'NON_POSITIVE_PRICE';
}
