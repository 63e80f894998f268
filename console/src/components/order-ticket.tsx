// Places an order and says what became of it. While the outcome of an order is unknown, sending the same again repeats
// its clientOrderId, so the graph answers the first outcome and places nothing twice.

import { useRef, useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { OrderType, PlaceOrderMutation, Side, TimeInForce } from '@mib/sdk/generated/operations';
import { decimalsOf, pretty } from '../decimal.ts';
import { useForm } from '../hooks/use-form.ts';
import type { Instrument, Quote } from '../hooks/use-market.ts';
import { newClientOrderId } from '../client-order-id.ts';
import { Choice, Field } from './field.tsx';
import { OrderOutcome } from './order-outcome.tsx';
import { Panel } from './panel.tsx';

interface OrderTicketProps {
  readonly client: Client;
  readonly accountId: string;
  readonly instrument: Instrument;
  readonly quote: Quote | undefined;
}

export function OrderTicket({ client, accountId, instrument, quote }: OrderTicketProps) {
  const [type, setType] = useState<OrderType>('LIMIT');
  const [outcome, setOutcome] = useState<PlaceOrderMutation['placeOrder']>();
  const unanswered = useRef<{ readonly order: string; readonly clientOrderId: string }>(undefined);
  const form = useForm(async ({ side, tif, quantity = '', limitPrice = '' }) => {
    setOutcome(undefined);
    const order = { accountId, instrumentId: instrument.id, side: side as Side, type, tif: tif as TimeInForce, quantity, ...(type === 'LIMIT' && { limitPrice }) };
    const text = JSON.stringify(order);
    const clientOrderId = unanswered.current?.order === text ? unanswered.current.clientOrderId : newClientOrderId();
    unanswered.current = { order: text, clientOrderId };
    const { placeOrder } = await client.placeOrder({ input: { ...order, clientOrderId } });
    unanswered.current = undefined;
    setOutcome(placeOrder);
  });
  const decimals = decimalsOf(instrument.tickSize);
  return (
    <Panel title={`Order ${instrument.symbol}`}>
      <form onSubmit={form.submit} aria-label="Order ticket">
        <fieldset className="sides">
          <legend className="hidden">Side</legend>
          <label className="buy"><input type="radio" name="side" value="BUY" defaultChecked /> Buy <small>{quote?.ask != null && pretty(quote.ask, decimals)}</small></label>
          <label className="sell"><input type="radio" name="side" value="SELL" /> Sell <small>{quote?.bid != null && pretty(quote.bid, decimals)}</small></label>
        </fieldset>
        <div className="pair">
          <Choice label="Type" name="type" options={['LIMIT', 'MARKET']} value={type} onChange={(event) => setType(event.target.value as OrderType)} />
          <Choice label="Time in force" name="tif" options={['GTC', 'IOC', 'FOK']} />
        </div>
        <div className="pair">
          <Field label="Quantity" name="quantity" inputMode="decimal" pattern="[0-9]+(\.[0-9]+)?" defaultValue={instrument.lotSize} required />
          <Field label="Limit price" name="limitPrice" inputMode="decimal" pattern="[0-9]+(\.[0-9]+)?" defaultValue={quote?.ask ?? quote?.last ?? ''} disabled={type !== 'LIMIT'} required={type === 'LIMIT'} />
        </div>
        <button type="submit" className="primary" disabled={form.busy || !instrument.tradable}>{instrument.tradable ? 'Place order' : 'Does not trade'}</button>
      </form>
      <div role="status" aria-live="polite" className="outcome">
        {form.problem !== undefined && <p className="problem">{form.problem}. Sending the same again is safe.</p>}
        {outcome && <OrderOutcome outcome={outcome} decimals={decimals} />}
      </div>
    </Panel>
  );
}
