import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { CrossDirection } from '@mib/sdk/generated/operations';
import { decimalsOf, pretty } from '../decimal.ts';
import { useForm } from '../hooks/use-form.ts';
import type { Instrument, Quote } from '../hooks/use-market.ts';
import { describeRefusals } from '../messages.ts';
import { Choice, Field } from './field.tsx';
import { Panel } from './panel.tsx';

interface AlertFormProps {
  readonly client: Client;
  readonly instrument: Instrument;
  readonly quote: Quote | undefined;
}

/** Makes a rule that notifies when trades cross a price. */
export function AlertForm({ client, instrument, quote }: AlertFormProps) {
  const [created, setCreated] = useState<string>();
  const form = useForm(async ({ direction, price = '', cooldown }) => {
    setCreated(undefined);
    const name = `${instrument.symbol} ${direction?.toLowerCase()} ${price}`;
    const { createAlertRule } = await client.createAlertRule({
      input: { name, instrumentId: instrument.id, cooldownSeconds: Number(cooldown), priceCross: { direction: direction as CrossDirection, price } },
    });
    if (!createAlertRule.rule) throw new Error(describeRefusals(createAlertRule.userErrors));
    setCreated(createAlertRule.rule.name);
  });
  return (
    <Panel title={`Alert on ${instrument.symbol}`} actions={quote?.last != null && <span className="muted">last {pretty(quote.last, decimalsOf(instrument.tickSize))}</span>}>
      <form onSubmit={form.submit} aria-label="Price alert">
        <div className="pair three">
          <Choice label="Trades cross" name="direction" options={['ABOVE', 'BELOW']} />
          <Field label="Price" name="price" inputMode="decimal" pattern="[0-9]+(\.[0-9]+)?" defaultValue={quote?.last ?? ''} required />
          <Field label="Quiet for (s)" name="cooldown" type="number" min={1} max={2_592_000} defaultValue={300} required />
        </div>
        <button type="submit" disabled={form.busy}>Create alert</button>
      </form>
      <div role="status" aria-live="polite" className="outcome">
        {form.problem !== undefined && <p className="problem">{form.problem}</p>}
        {created !== undefined && <p className="good">Watching: {created}</p>}
      </div>
    </Panel>
  );
}
