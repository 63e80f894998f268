// The outcomes of the last commands that carried a clientOrderId, so that a repeated command answers as the first did.
// Entries lie in a ring in order of arrival; the oldest is forgotten when a new one needs its place. Texts are compared,
// not just hashes, and a fingerprint of the terms tells a repetition from another command under a used id.
//
//   head (by hash) ─► link of the newest entry with it: hash, the one before ─► ... ─► one that has left the window
//
// Entries are numbered as they come, so a number says whether its entry is still there: nothing is ever unlinked. A search
// for a key that is new, which nearly all are, reads one head and seldom a link.

import { IDEMPOTENCY_WINDOW } from './capacities';
import { COMMAND_KIND, FIRST_USER_ACCOUNT, NONE } from './codes';
import { KEY_HEADS, KEY_LINKS, KEYED, lookAt } from './memory';
import { arrayPart, numberPart } from './parts';
import { Command, Result } from './records';

const HEAD_MASK: i32 = 2 * IDEMPOTENCY_WINDOW - 1;
const ENTRY_MASK: i32 = IDEMPOTENCY_WINDOW - 1;
const FIRST_NUMBER: i32 = 2 * IDEMPOTENCY_WINDOW;
const LAST_NUMBER: i32 = 0x7fff_ffff;

/** The outcome, and what command it is of. */
@unmanaged
export class Entry {
  /** The first 64 bytes of the result. */
  result0: i64;
  result1: i64;
  result2: i64;
  result3: i64;
  result4: i64;
  result5: i64;
  result6: i64;
  result7: i64;
  text: i64;
  text1: i64;
  text2: i64;
  text3: i64;
  text4: i64;
  account: i32;
  fingerprint: i32;
  fingerprint1: i32;
  hash: i32;
  unused: i64;
}

@unmanaged
class Link {
  hash: i32;
  /** Number of the entry before with the same head, or -1. */
  older: i32;
}

/** Entries ever remembered. */
let remembered: f64 = 0;
/**
 * Number of the next one, which says its place: over the oldest, once the window is full. It begins two windows up, so that
 * a head of zero names none, and wraps at 2^31: an old head may then name an entry that is not its own, whose key is another.
 * A link never does, for it goes with its entry.
 */
let next: i32 = FIRST_NUMBER;

/** Users' commands that carry a clientOrderId are recognised when repeated. */
// @ts-ignore: decorator
@inline
export function isKeyed(command: Command): bool {
  return (command.kind == COMMAND_KIND.PLACE_ORDER || command.kind == COMMAND_KIND.ADJUST_CASH) && command.account >= FIRST_USER_ACCOUNT;
}

/** Entry of the command's account and clientOrderId, or -1: then it has one from now on, which `settleKey` completes. */
export function claimKey(command: Command): i32 {
  const hash = keyHash(command);
  const known = find(hash, command);
  if (known >= 0) return known;
  describe(entryAt(next), hash, command);
  link(hash);
  remembered++;
  return NONE;
}

/** Brings the head of the command's key near. */
export function lookForKey(command: Command): void {
  lookAt(headOf(keyHash(command)));
}

/** Completes the entry that was claimed last with the command's outcome. */
export function settleKey(result: Result): void {
  copyOutcome(changetype<usize>(result), changetype<usize>(entryAt(next - 1)));
}

/** Gives the outcome of a repeated command. */
export function recallKey(entry: i32, result: Result): void {
  copyOutcome(changetype<usize>(entryAt(entry)), changetype<usize>(result));
}

/** True when the remembered command had the same terms. */
export function hasSameTerms(entry: i32, command: Command): bool {
  return entryAt(entry).fingerprint == firstPrint(command) && entryAt(entry).fingerprint1 == secondPrint(command);
}

export function idempotencyContents(): void {
  remembered = numberPart('idempotency/remembered', remembered);
  arrayPart('idempotency/entries', KEYED, usedEntries(), IDEMPOTENCY_WINDOW, offsetof<Entry>());
}

export function rebuildIdempotency(): void {
  const used = usedEntries();
  next = (<i32>(<i64>remembered) + FIRST_NUMBER - used) & LAST_NUMBER;
  for (let entry = 0; entry < used; entry++) link(entryAt(next).hash);
}

function usedEntries(): i32 {
  return <i32>min<f64>(remembered, <f64>IDEMPOTENCY_WINDOW);
}

/** @param number - of the entry; its place will do. */
// @ts-ignore: decorator
@inline
function entryAt(number: i32): Entry {
  return changetype<Entry>(KEYED + (<usize>(number & ENTRY_MASK) << 7));
}

// @ts-ignore: decorator
@inline
function linkAt(number: i32): Link {
  return changetype<Link>(KEY_LINKS + (<usize>(number & ENTRY_MASK) << 3));
}

// @ts-ignore: decorator
@inline
function headOf(hash: i32): usize {
  return KEY_HEADS + (<usize>(hash & HEAD_MASK) << 2);
}

/** True while no newer entry has taken its place. */
// @ts-ignore: decorator
@inline
function isThere(number: i32): bool {
  return number != NONE && ((next - 1 - number) & LAST_NUMBER) < IDEMPOTENCY_WINDOW;
}

// @ts-ignore: decorator
@inline
function copyOutcome(from: usize, to: usize): void {
  for (let at: usize = 0; at < 64; at += 8) store<i64>(to + at, load<i64>(from + at));
}

function describe(entry: Entry, hash: i32, command: Command): void {
  entry.text = command.text;
  entry.text1 = command.text1;
  entry.text2 = command.text2;
  entry.text3 = command.text3;
  entry.text4 = command.text4;
  entry.account = command.account;
  entry.fingerprint = firstPrint(command);
  entry.fingerprint1 = secondPrint(command);
  entry.hash = hash;
}

/** Place of the entry, or -1. */
function find(hash: i32, command: Command): i32 {
  let number = load<i32>(headOf(hash));
  while (isThere(number) && (linkAt(number).hash != hash || !isKey(entryAt(number), command))) number = linkAt(number).older;
  return isThere(number) ? number & ENTRY_MASK : NONE;
}

function isKey(entry: Entry, command: Command): bool {
  return entry.account == command.account && entry.text == command.text && entry.text1 == command.text1 && entry.text2 == command.text2 && entry.text3 == command.text3 && entry.text4 == command.text4;
}

/** Gives the next number to the entry in its place. */
function link(hash: i32): void {
  const head = headOf(hash);
  const older = load<i32>(head);
  linkAt(next).hash = hash;
  linkAt(next).older = isThere(older) ? older : NONE;
  store<i32>(head, next);
  next = (next + 1) & LAST_NUMBER;
}

// Multilinear hashing (Lemire and Kaser, "Strongly universal string hashing is fast"): each word times an odd constant of
// its own, all added. The products do not wait for each other, which a chain of rounds would; `fold` then brings the high
// bits, the well mixed ones, down. The constants are the first words of MD5's table of sines, made odd.

function keyHash(command: Command): i32 {
  const text = changetype<usize>(command) + offsetof<Command>('text');
  const low = load<i32>(text) * 0xd76aa479 + load<i32>(text, 4) * 0xe8c7b757 + load<i32>(text, 8) * 0x242070db;
  const middle = load<i32>(text, 12) * 0xc1bdceef + load<i32>(text, 16) * 0xf57c0faf + load<i32>(text, 20) * 0x4787c62b;
  const high = load<i32>(text, 24) * 0xa8304613 + load<i32>(text, 28) * 0xfd469501 + load<i32>(text, 32) * 0x698098d9;
  return fold(command.account * 0x8b44f7af + low + middle + high);
}

// Over kind, the terms from instrument to quantity, currency (or trigger and display) and flags.

function firstPrint(command: Command): i32 {
  const at = changetype<usize>(command) + offsetof<Command>('instrument');
  const low = load<i32>(at) * 0xffff5bb1 + load<i32>(at, 4) * 0x895cd7bf + load<i32>(at, 8) * 0x6b901123;
  const middle = load<i32>(at, 12) * 0xfd987193 + load<i32>(at, 16) * 0xa679438f + load<i32>(at, 20) * 0x49b40821;
  const high = load<i32>(at, 24) * 0xf61e2563 + load<i32>(at, 28) * 0xc040b341 + load<i32>(at, 32) * 0x265e5a51;
  const rest = command.trigger * 0xe9b6c7ab + command.display * 0xd62f105d + command.flags * 0x02441453;
  return fold(command.kind + low + middle + high + rest);
}

function secondPrint(command: Command): i32 {
  const at = changetype<usize>(command) + offsetof<Command>('instrument');
  const low = load<i32>(at) * 0xd8a1e681 + load<i32>(at, 4) * 0xe7d3fbc9 + load<i32>(at, 8) * 0x21e1cde7;
  const middle = load<i32>(at, 12) * 0xc33707d7 + load<i32>(at, 16) * 0xf4d50d87 + load<i32>(at, 20) * 0x455a14ed;
  const high = load<i32>(at, 24) * 0xa9e3e905 + load<i32>(at, 28) * 0xfcefa3f9 + load<i32>(at, 32) * 0x676f02d9;
  const rest = command.trigger * 0x8d2a4c8b + command.display * 0xfffa3943 + command.flags * 0x8771f681;
  return fold(command.kind * 0x6d9d6123 + low + middle + high + rest);
}

function fold(sum: i32): i32 {
  const mixed = (sum ^ (sum >>> 15)) * 0x85ebca6b;
  return mixed ^ (mixed >>> 13);
}
