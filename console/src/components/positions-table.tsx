// Positions with the profit of what is open, at the live middle of the quote: exact, since it is money.

import { differenceTimes, pretty, sign } from '../decimal.ts';
import type { Market } from '../hooks/use-market.ts';
import type { PortfolioTask, Position } from '../hooks/use-portfolio.ts';
import { Panel } from './panel.tsx';

export function PositionsTable({ portfolio: task, market }: { readonly portfolio: PortfolioTask; readonly market: Market }) {
  const { portfolio } = task;
  const open = portfolio?.positions.filter(({ quantity }) => sign(quantity) !== 0) ?? [];
  return (
    <Panel title="Positions" task={task} actions={portfolio && <Sums portfolio={portfolio} />}>
      <table aria-label="Positions">
        <thead>
          <tr>
            <th scope="col">Instrument</th><th scope="col" className="number">Quantity</th><th scope="col" className="number">Average</th><th scope="col" className="number">Mark</th>
            <th scope="col" className="number">Unrealised</th><th scope="col" className="number">Realised</th>
          </tr>
        </thead>
        <tbody>{open.map((position) => <PositionRow key={position.id} position={position} market={market} />)}</tbody>
      </table>
      {open.length === 0 && <p className="empty">No open positions</p>}
    </Panel>
  );
}

function Sums({ portfolio: { balances, equity } }: { readonly portfolio: NonNullable<PortfolioTask['portfolio']> }) {
  return (
    <dl className="inline">
      {equity && <><dt>Equity</dt><dd>{pretty(equity.amount, 2, 2)} {equity.currency}{!equity.complete && ' (incomplete)'}</dd></>}
      {balances?.map(({ currency, available }) => <div key={currency} className="inline"><dt>Free</dt><dd>{pretty(available, 2, 2)} {currency}</dd></div>)}
    </dl>
  );
}

function PositionRow({ position, market }: { readonly position: Position; readonly market: Market }) {
  const quote = position.instrument ? market.quotes.get(position.instrument.id) : undefined;
  const mark = quote?.mid ?? quote?.last ?? position.markPrice;
  const unrealised = mark === null ? null : differenceTimes(mark, position.averagePrice, position.quantity);
  return (
    <tr>
      <th scope="row">{position.instrument?.symbol ?? position.id}</th>
      <td className="number">{pretty(position.quantity, 0)}</td>
      <td className="number">{pretty(position.averagePrice, 2, 4)}</td>
      <td className="number">{mark === null ? '–' : pretty(mark, 2, 4)}</td>
      <Profit value={unrealised} currency={position.currency} />
      <Profit value={position.realisedPnl} currency={position.currency} />
    </tr>
  );
}

function Profit({ value, currency }: { readonly value: string | null; readonly currency: string }) {
  if (value === null) return <td className="number">–</td>;
  const tone = { [-1]: 'bad', 0: '', 1: 'good' }[sign(value)];
  return <td className={`number ${tone}`}>{pretty(value, 2, 2)} <small>{currency}</small></td>;
}
