// Cash, equity and positions of an account. A fill moves all three, so each one reads the whole again; a position's own
// event shows it a moment earlier.

import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { PortfolioQuery } from '@mib/sdk/generated/operations';
import { useTask, type Task } from './use-task.ts';

export type Portfolio = NonNullable<PortfolioQuery['account']>;
export type Position = Portfolio['positions'][number];

export interface PortfolioTask extends Task {
  readonly portfolio: Portfolio | undefined;
}

/** @param lastFillId - of the newest fill known; another one means: read again. */
export function usePortfolio(client: Client, accountId: string, lastFillId: string | undefined): PortfolioTask {
  const [portfolio, setPortfolio] = useState<Portfolio>();
  const reading = useTask(async (signal) => {
    const { account } = await client.portfolio({ accountId }, { signal, errorPolicy: 'partial' });
    if (account) setPortfolio(account);
  }, [client, accountId, lastFillId]);
  const following = useTask(async (signal) => {
    for await (const { positionUpdated: position } of client.positionUpdated({ accountId }, { signal })) {
      setPortfolio((known) => known?.id === accountId ? { ...known, positions: withPosition(known.positions, position) } : known);
    }
  }, [client, accountId]);
  const failed = reading.problem === undefined ? following : reading;
  return { portfolio: portfolio?.id === accountId ? portfolio : undefined, ...failed };
}

function withPosition(known: readonly Position[], position: Position): Position[] {
  return [...known.filter(({ id }) => id !== position.id), position].sort((a, b) => (a.id < b.id ? -1 : 1));
}
