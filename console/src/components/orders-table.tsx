import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import { pretty } from '../decimal.ts';
import type { Order, Orders } from '../hooks/use-orders.ts';
import { describeError, describeRefusals, timeOfDay } from '../messages.ts';
import { Panel } from './panel.tsx';

/** Orders as they change, newest first; open ones can be cancelled. */
export function OrdersTable({ client, orders }: { readonly client: Client; readonly orders: Orders }) {
  const [refused, setRefused] = useState<string>();
  const cancel = async (orderId: string): Promise<void> => {
    try {
      const { cancelOrder } = await client.cancelOrder({ input: { orderId } });
      setRefused(cancelOrder.userErrors.length > 0 ? describeRefusals(cancelOrder.userErrors) : undefined);
    } catch (error) {
      setRefused(describeError(error));
    }
  };
  return (
    <Panel title="Orders" task={orders}>
      {refused !== undefined && <p className="problem" role="alert">{refused}</p>}
      <table aria-label="Orders">
        <thead>
          <tr>
            <th scope="col">Time</th><th scope="col">Instrument</th><th scope="col">Side</th><th scope="col">Type</th>
            <th scope="col" className="number">Filled</th><th scope="col" className="number">Limit</th><th scope="col" className="number">Average</th><th scope="col">Status</th><th scope="col"><span className="hidden">Cancel</span></th>
          </tr>
        </thead>
        <tbody>{orders.orders.map((order) => <OrderRow key={order.id} order={order} onCancel={cancel} />)}</tbody>
      </table>
      {orders.orders.length === 0 && <p className="empty">No orders yet</p>}
    </Panel>
  );
}

function OrderRow({ order, onCancel }: { readonly order: Order; readonly onCancel: (orderId: string) => Promise<void> }) {
  const open = order.status === 'ACCEPTED' || order.status === 'PARTIALLY_FILLED';
  return (
    <tr data-status={order.status}>
      <td>{timeOfDay(order.createdAt)}</td>
      <th scope="row">{order.instrument?.symbol ?? '–'}</th>
      <td className={order.side === 'BUY' ? 'good' : 'bad'}>{order.side}</td>
      <td>{order.type} {order.tif}</td>
      <td className="number">{pretty(order.filledQuantity, 0)} / {pretty(order.quantity, 0)}</td>
      <td className="number">{order.limitPrice === null ? '–' : pretty(order.limitPrice, 2)}</td>
      <td className="number">{order.averageFillPrice === null ? '–' : pretty(order.averageFillPrice, 2, 4)}</td>
      <td title={order.denyReason ?? order.cancelReason ?? undefined}>{order.status.replace('_', ' ')}</td>
      <td>{open && <button type="button" className="quiet" aria-label={`Cancel order ${order.id}`} onClick={() => void onCancel(order.id)}>Cancel</button>}</td>
    </tr>
  );
}
