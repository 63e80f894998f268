// Password hashes: argon2id with the first of OWASP's recommended settings. A login with an unknown email verifies
// against a dummy of the same cost, so the answer takes the same time whether the user exists or not.

import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { ClientError } from '@mib/service/errors';

export interface Passwords {
  hash(password: string): Promise<string>;
  /** @param stored - undefined for an unknown user: does the same work and answers false. */
  verify(stored: string | undefined, password: string): Promise<boolean>;
}

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
export const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each takes 19 MiB and a core for some 20 ms; more at once would starve the other services of a small machine. */
const MAX_CONCURRENT = 2;
/** What waits longer than a few seconds is a flood. */
const MAX_WAITING = 200;

/** @param verifyHash - argon2's own, given by a test that wants to see what is verified. */
export async function createPasswords(verifyHash: typeof verify = verify): Promise<Passwords> {
  const gate = new Gate();
  const dummy = await hash(randomBytes(32).toString('base64'), ARGON2ID);
  return {
    hash: (password) => gate.run(() => hash(password, ARGON2ID)),
    verify: async (stored, password) => {
      const matches = await gate.run(() => verifyHash(stored ?? dummy, password));
      return matches && stored !== undefined;
    },
  };
}

/** Runs at most MAX_CONCURRENT at once, in order of arrival. */
class Gate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < MAX_CONCURRENT) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      // The place passes to the next in line, or becomes free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) throw new ClientError('UNAVAILABLE', 'too many sign-ins at once; try again in a moment');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
