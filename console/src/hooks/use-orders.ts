// The orders of an account, newest first, and every change behind the cursor they were read at: nothing is missed between.

import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { FillFieldsFragment, OrderFieldsFragment } from '@mib/sdk/generated/operations';
import { useTask, type Task } from './use-task.ts';

export interface Order extends OrderFieldsFragment {
  readonly instrument: { readonly id: string; readonly symbol: string } | null;
}

export interface Orders extends Task {
  readonly orders: readonly Order[];
  readonly lastFill: FillFieldsFragment | undefined;
}

const SHOWN = 50;

export function useOrders(client: Client, accountId: string): Orders {
  const [orders, setOrders] = useState<readonly Order[]>([]);
  const [lastFill, setLastFill] = useState<FillFieldsFragment>();
  const task = useTask(async (signal) => {
    const { account } = await client.orders({ accountId, first: SHOWN }, { signal });
    setOrders(account?.orders.edges.map(({ node }) => node) ?? []);
    for await (const { orderUpdated: event } of client.orderUpdated({ accountId, after: account?.eventCursor }, { signal })) {
      setOrders((known) => withOrder(known, event.order));
      if (event.fill) setLastFill(event.fill);
    }
  }, [client, accountId]);
  return { orders, lastFill, ...task };
}

/** In its place when known, else on top; never an older version over a newer one. */
function withOrder(known: readonly Order[], order: Order): readonly Order[] {
  const index = known.findIndex(({ id }) => id === order.id);
  if (index < 0) return [order, ...known].slice(0, SHOWN);
  return known[index]!.version > order.version ? known : known.with(index, order);
}
