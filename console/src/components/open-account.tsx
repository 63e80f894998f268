import type { Client } from '@mib/sdk/client';
import type { AccountFieldsFragment } from '@mib/sdk/generated/operations';
import { useForm } from '../hooks/use-form.ts';
import { describeRefusals } from '../messages.ts';
import { Field } from './field.tsx';
import { Panel } from './panel.tsx';

/** The first step of a new user: an account with play money. */
export function OpenAccount({ client, onOpened }: { readonly client: Client; readonly onOpened: (account: AccountFieldsFragment) => void }) {
  const form = useForm(async ({ name = '', initialCash = '' }) => {
    const { openAccount } = await client.openAccount({ input: { name, initialCash } });
    if (!openAccount.account) throw new Error(describeRefusals(openAccount.userErrors));
    onOpened(openAccount.account);
  });
  return (
    <Panel title="Open a paper account">
      <form onSubmit={form.submit} aria-label="Open a paper account">
        <Field label="Name" name="name" defaultValue="Paper" maxLength={40} required />
        <Field label="Play money in USD" name="initialCash" defaultValue="100000" inputMode="decimal" required />
        <button type="submit" className="primary" disabled={form.busy}>Open account</button>
        {form.problem !== undefined && <p className="problem" role="alert">{form.problem}</p>}
      </form>
    </Panel>
  );
}
