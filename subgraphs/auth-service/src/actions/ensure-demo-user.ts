// The user whose credentials the launcher prints. Development only: config.ts refuses the variables in production.
// A changed password in the environment wins, so what was printed always works.

import { ClientError } from '@mib/service/errors';
import type { AuthServices } from '../services.ts';
import { normaliseEmail } from '../domain/email.ts';
import { checkPassword } from '../domain/password-rules.ts';
import { findUserByEmail, insertUserRole, updatePasswordHash } from '../store/users.ts';
import { inTransaction } from '../store/database.ts';
import { register } from './register.ts';

const DEMO_NAME = 'Demo Administrator';
const DEMO_ROLE = 'admin';

export async function ensureDemoUser(services: AuthServices, demo: { readonly email: string; readonly password: string }): Promise<void> {
  try {
    await register(services, { ...demo, displayName: DEMO_NAME, role: DEMO_ROLE });
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'CONFLICT') throw error;
    await renew(services, demo);
  }
}

async function renew(services: AuthServices, demo: { readonly email: string; readonly password: string }): Promise<void> {
  const email = normaliseEmail(demo.email);
  checkPassword(demo.password, email);
  const user = await findUserByEmail(services.prisma, email);
  if (!user) return;
  const passwordHash = (await services.passwords.verify(user.passwordHash, demo.password)) ? undefined : await services.passwords.hash(demo.password);
  await inTransaction(services.prisma, async (transaction) => {
    if (passwordHash !== undefined) await updatePasswordHash(transaction, user.id, passwordHash);
    await insertUserRole(transaction, user.id, DEMO_ROLE, services.now());
  });
}
