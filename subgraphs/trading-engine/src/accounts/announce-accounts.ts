// Announces the accounts that were opened before there was anybody to tell: others (risk, notifications) know an account
// only from the bus. From then on an account is announced in the transaction that opens it.

import type { AccountStore } from '../store/account-store.ts';

const BATCH = 500;

export async function announceAccounts(store: Pick<AccountStore, 'announceMissing'>): Promise<void> {
  while ((await store.announceMissing(BATCH)) === BATCH);
}
