// What this service announces on the bus.
//
//   auth.users   key: user id   { kind: 'UserRegistered', userId, email, displayName }

import { writeOutbox } from '@mib/service/outbox';
import type { Transaction } from './store/database.ts';
import type { StoredUser } from './store/users.ts';

export const OUTBOX_SCHEMA = 'auth';
export const USERS_TOPIC = 'auth.users';

export interface UserRegistered {
  readonly kind: 'UserRegistered';
  readonly userId: string;
  readonly email: string;
  readonly displayName: string;
}

/** Leaves when the transaction that wrote the user commits. */
export async function announceUser(transaction: Transaction, user: StoredUser): Promise<void> {
  const event: UserRegistered = { kind: 'UserRegistered', userId: user.id, email: user.email, displayName: user.displayName };
  await writeOutbox(transaction, OUTBOX_SCHEMA, USERS_TOPIC, [{ key: user.id, value: JSON.stringify(event) }]);
}
