// Everything of one account, fed by one stream of orders, one of positions and one of notifications.

import type { Client } from '@mib/sdk/client';
import type { AccountFieldsFragment } from '@mib/sdk/generated/operations';
import type { Instrument, Market } from '../hooks/use-market.ts';
import { useOrders } from '../hooks/use-orders.ts';
import { usePortfolio } from '../hooks/use-portfolio.ts';
import { AlertForm } from './alert-form.tsx';
import { NotificationsPanel } from './notifications-panel.tsx';
import { OrderTicket } from './order-ticket.tsx';
import { OrdersTable } from './orders-table.tsx';
import { PositionsTable } from './positions-table.tsx';

interface AccountRoomProps {
  readonly client: Client;
  readonly account: AccountFieldsFragment;
  readonly instrument: Instrument | undefined;
  readonly market: Market;
}

export function AccountRoom({ client, account, instrument, market }: AccountRoomProps) {
  const orders = useOrders(client, account.id);
  const portfolio = usePortfolio(client, account.id, orders.lastFill?.id);
  const quote = instrument && market.quotes.get(instrument.id);
  return (
    <>
      <div className="area-bottom">
        <PositionsTable portfolio={portfolio} market={market} />
        <OrdersTable client={client} orders={orders} />
      </div>
      <aside className="area-side">
        {instrument && <OrderTicket key={`ticket ${instrument.id}`} client={client} accountId={account.id} instrument={instrument} quote={quote} />}
        {instrument && <AlertForm key={`alert ${instrument.id}`} client={client} instrument={instrument} quote={quote} />}
        <NotificationsPanel client={client} />
      </aside>
    </>
  );
}
