// All instruments with their best prices. A row is chosen by its button, so the keyboard works as everywhere.

import { memo } from 'react';
import { decimalsOf, pretty } from '../decimal.ts';
import type { Instrument, Market, Quote } from '../hooks/use-market.ts';
import { Panel } from './panel.tsx';
import { SyntheticMark } from './synthetic-mark.tsx';

interface QuotesTableProps {
  readonly market: Market;
  readonly selectedId: string | undefined;
  readonly onSelect: (instrumentId: string) => void;
}

export function QuotesTable({ market, selectedId, onSelect }: QuotesTableProps) {
  return (
    <Panel title="Quotes" className="area-quotes" task={market}>
      <table>
        <thead>
          <tr><th scope="col">Instrument</th><th scope="col" className="number">Bid</th><th scope="col" className="number">Ask</th><th scope="col" className="number">Last</th></tr>
        </thead>
        <tbody>
          {market.instruments.map((instrument) => (
            <QuoteRow key={instrument.id} instrument={instrument} quote={market.quotes.get(instrument.id)} selected={instrument.id === selectedId} onSelect={onSelect} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

interface QuoteRowProps {
  readonly instrument: Instrument;
  readonly quote: Quote | undefined;
  readonly selected: boolean;
  readonly onSelect: (instrumentId: string) => void;
}

const QuoteRow = memo(function QuoteRow({ instrument, quote, selected, onSelect }: QuoteRowProps) {
  const decimals = decimalsOf(instrument.tickSize);
  const price = (value: string | null | undefined): string => (value == null ? '–' : pretty(value, decimals));
  return (
    <tr className={selected ? 'selected' : ''} data-instrument={instrument.id} data-sequence={quote?.sequence}>
      <th scope="row">
        <button type="button" className="row-button" aria-pressed={selected} onClick={() => onSelect(instrument.id)} title={instrument.name ?? instrument.id}>
          {instrument.symbol}
        </button>
        {instrument.venue.synthetic && <SyntheticMark />}
        {quote && quote.freshness !== 'LIVE' && <span className="mark muted" title="How fresh the quote is">{quote.freshness.toLowerCase()}</span>}
      </th>
      <td className="number bid">{price(quote?.bid)}</td>
      <td className="number ask">{price(quote?.ask)}</td>
      <td className="number">{price(quote?.last)}</td>
    </tr>
  );
});
