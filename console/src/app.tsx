// The page: the market for everybody; the desk (ticket, orders, positions, alerts) for who is signed in.

import { useState, useSyncExternalStore } from 'react';
import { CandleChart } from './components/candle-chart.tsx';
import { Desk } from './components/desk.tsx';
import { QuotesTable } from './components/quotes-table.tsx';
import { SignIn } from './components/sign-in.tsx';
import { Brand } from './components/brand.tsx';
import { connection } from './connection.ts';
import { useMarket } from './hooks/use-market.ts';

export function App() {
  const { client, signedIn } = useSyncExternalStore(connection.subscribe, connection.current);
  const market = useMarket(client);
  const [chosen, choose] = useState<string>();
  const instrument = market.instruments.find(({ id }) => id === chosen) ?? market.instruments.find(({ tradable }) => tradable) ?? market.instruments[0];
  return (
    <div className="page">
      <QuotesTable market={market} selectedId={instrument?.id} onSelect={choose} />
      <main className="area-chart">{instrument ? <CandleChart key={instrument.id} client={client} instrument={instrument} quote={market.quotes.get(instrument.id)} /> : <p className="empty">No instruments yet</p>}</main>
      {signedIn ? (
        <Desk client={client} instrument={instrument} market={market} />
      ) : (
        <>
          <header className="area-header"><Brand /></header>
          <aside className="area-side"><SignIn /></aside>
        </>
      )}
      <footer className="area-footer">
        Simulated venues are synthetic and marked SIM. Charts by <a href="https://www.tradingview.com/" rel="noreferrer">TradingView Lightweight Charts™</a>.
      </footer>
    </div>
  );
}
