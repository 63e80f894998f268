// What every action of this service works with; made once at the start, replaced piecemeal in tests.

import type { PrismaClient } from '@mib/prisma/client';
import type { Cache } from '@mib/service/cache/cache';
import type { Sealer } from '@mib/service/sealer';
import type { Passwords } from './passwords.ts';
import type { Telemetry } from './telemetry.ts';
import type { SigningKeys } from './tokens/signing-keys.ts';

export interface AuthServices {
  readonly prisma: PrismaClient;
  readonly cache: Cache;
  readonly passwords: Passwords;
  readonly keys: SigningKeys;
  /** Seals authenticator secrets, each under its user's id. */
  readonly totpSealer: Sealer;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
  /** Unpredictable bytes. */
  readonly random: (bytes: number) => Buffer;
}

/** Where a request comes from, as far as the router said. */
export interface ClientOrigin {
  readonly ip: string | null;
  readonly userAgent: string | null;
}
