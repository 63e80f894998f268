// What a signed-in person sees: who they are, and the room of the chosen account. Somebody without an account is offered one.

import type { Client } from '@mib/sdk/client';
import { session } from '../connection.ts';
import { useAccount } from '../hooks/use-account.ts';
import type { Instrument, Market } from '../hooks/use-market.ts';
import { AccountRoom } from './account-room.tsx';
import { Brand } from './brand.tsx';
import { OpenAccount } from './open-account.tsx';

interface DeskProps {
  readonly client: Client;
  readonly instrument: Instrument | undefined;
  readonly market: Market;
}

export function Desk({ client, instrument, market }: DeskProps) {
  const choice = useAccount(client);
  const { account, accounts } = choice;
  return (
    <>
      <header className="area-header">
        <Brand />
        {accounts.length > 0 && (
          <label className="account-choice">
            Account{' '}
            <select value={account?.id} onChange={(event) => choice.choose(event.target.value)}>
              {accounts.map(({ id, name, mode }) => <option key={id} value={id}>{name} ({mode.toLowerCase()})</option>)}
            </select>
          </label>
        )}
        <span className="who">{choice.displayName}</span>
        <button type="button" className="quiet" onClick={() => void session.signOut().catch(() => undefined)}>Sign out</button>
      </header>
      {account ? (
        <AccountRoom key={account.id} client={client} account={account} instrument={instrument} market={market} />
      ) : (
        <aside className="area-side">
          {choice.problem !== undefined && <p className="problem" role="alert">{choice.problem} <button type="button" className="quiet" onClick={choice.retry}>Try again</button></p>}
          {choice.loaded && <OpenAccount client={client} onOpened={choice.add} />}
        </aside>
      )}
    </>
  );
}
