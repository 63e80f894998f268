// When signing keys come and go. Every key is published before it signs and stays published after it stopped, so no
// verifier meets a token whose key it cannot know.
//
//   published ──1 h──► signs ──90 days──► signs no more ──20 min──► unpublished
//                              next key published 1 h before ▲ this

import { KEY_PUBLISHED_AHEAD_MS, KEY_VERIFIES_AFTER_MS, SIGNING_KEY_MS } from './lifetimes.ts';

export interface KeyTimes {
  readonly signsFrom: Date;
  readonly signsUntil: Date;
  readonly verifiesUntil: Date;
}

/** The key to sign with: of those whose time it is, the newest. */
export function signingKey<K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined {
  return keys.filter((key) => key.signsFrom <= now && now < key.signsUntil).reduce<K | undefined>((best, key) => (best && best.signsFrom >= key.signsFrom ? best : key), undefined);
}

/** The keys to publish. */
export function publishedKeys<K extends KeyTimes>(keys: readonly K[], now: Date): readonly K[] {
  return keys.filter((key) => now < key.verifiesUntil);
}

/**
 * Times of the key that must be made now, or undefined while the keys there are suffice.
 *
 * @param keys - those this process can sign with.
 */
export function dueKey(keys: readonly KeyTimes[], now: Date): KeyTimes | undefined {
  const last = Math.max(...keys.map((key) => key.signsUntil.getTime()));
  // The first key, or the platform slept through the change: signing cannot wait for caches.
  if (!signingKey(keys, now)) return keyTimes(now);
  return last - now.getTime() <= KEY_PUBLISHED_AHEAD_MS ? keyTimes(new Date(last)) : undefined;
}

/** Times of the key that replaces all others before their time, such as after a leak, and when those end. */
export function replacementKey(now: Date): { readonly next: KeyTimes; readonly ended: Omit<KeyTimes, 'signsFrom'> } {
  const next = keyTimes(new Date(now.getTime() + KEY_PUBLISHED_AHEAD_MS));
  return { next, ended: ending(next.signsFrom) };
}

function keyTimes(signsFrom: Date): KeyTimes {
  return { signsFrom, ...ending(new Date(signsFrom.getTime() + SIGNING_KEY_MS)) };
}

function ending(signsUntil: Date): Omit<KeyTimes, 'signsFrom'> {
  return { signsUntil, verifiesUntil: new Date(signsUntil.getTime() + KEY_VERIFIES_AFTER_MS) };
}
