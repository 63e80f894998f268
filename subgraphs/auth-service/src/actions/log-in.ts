// Email and password in, the user out. Unknown email and wrong password cannot be told apart: same message, same hash
// work, same audit write.

import { ClientError } from '@mib/service/errors';
import { normaliseEmail } from '../domain/email.ts';
import { isPossiblePassword } from '../domain/password-rules.ts';
import type { AuthServices, ClientOrigin } from '../services.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction } from '../store/database.ts';
import { findUserByEmail, type StoredUser } from '../store/users.ts';
import { limitLogin } from './rate-limits.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** @throws {ClientError} VALIDATION (no email), RATE_LIMITED, or FORBIDDEN. */
export async function logIn(services: AuthServices, input: Credentials, origin: ClientOrigin): Promise<StoredUser> {
  const email = normaliseEmail(input.email);
  await limitLogin(services, email, origin);
  const user = await findUserByEmail(services.prisma, email);
  const matches = isPossiblePassword(input.password) && (await services.passwords.verify(user?.passwordHash, input.password));
  if (user && matches) return user;
  await inTransaction(services.prisma, (transaction) => appendAudit(transaction, { actorId: null, action: 'login.failed', target: user?.id ?? null, at: services.now() }));
  services.telemetry.loginRefused('credentials');
  throw new ClientError('FORBIDDEN', 'email or password is wrong');
}
