// Who is signed in and which of their accounts is on the desk.

import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { AccountFieldsFragment } from '@mib/sdk/generated/operations';
import { useTask, type Task } from './use-task.ts';

export interface AccountChoice extends Task {
  readonly loaded: boolean;
  readonly displayName: string | undefined;
  readonly accounts: readonly AccountFieldsFragment[];
  readonly account: AccountFieldsFragment | undefined;
  readonly choose: (accountId: string) => void;
  readonly add: (account: AccountFieldsFragment) => void;
}

export function useAccount(client: Client): AccountChoice {
  const [displayName, setDisplayName] = useState<string>();
  const [accounts, setAccounts] = useState<readonly AccountFieldsFragment[]>();
  const [chosen, choose] = useState<string>();
  const task = useTask(async (signal) => {
    const [{ me }, owned] = await Promise.all([client.me({}, { signal }), client.accounts({}, { signal })]);
    setDisplayName(me?.displayName);
    setAccounts(owned.me?.accounts ?? []);
  }, [client]);
  return {
    loaded: accounts !== undefined,
    displayName,
    accounts: accounts ?? [],
    account: accounts?.find(({ id }) => id === chosen) ?? accounts?.[0],
    choose,
    add: (account) => setAccounts((known = []) => [...known, account]),
    ...task,
  };
}
