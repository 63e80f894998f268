// The chosen instrument: its candles, the present quote, and the interval picker.

import { useEffect, useRef, useState } from 'react';
import { CandlestickSeries, ColorType, createChart, type ISeriesApi } from 'lightweight-charts';
import type { Client } from '@mib/sdk/client';
import { decimalsOf, pretty } from '../decimal.ts';
import { INTERVALS, useCandles, type ChartInterval } from '../hooks/use-candles.ts';
import type { Instrument, Quote } from '../hooks/use-market.ts';
import { Panel } from './panel.tsx';
import { SyntheticMark } from './synthetic-mark.tsx';

interface CandleChartProps {
  readonly client: Client;
  readonly instrument: Instrument;
  readonly quote: Quote | undefined;
}

const UP = '#3ecf8e';
const DOWN = '#ff6b6b';

export function CandleChart({ client, instrument, quote }: CandleChartProps) {
  const [interval, setInterval] = useState<ChartInterval>('M1');
  const decimals = decimalsOf(instrument.tickSize);
  const { container, series } = useSeries(decimals);
  const candles = useCandles({ client, instrument, interval, series });
  const { last } = candles;
  const title = instrument.name ? `${instrument.symbol} · ${instrument.name}` : instrument.symbol;
  return (
    <Panel title={title} className="chart-panel" task={candles} actions={<IntervalPicker chosen={interval} onChoose={setInterval} />}>
      <p className="legend">
        {instrument.venue.name} {(instrument.venue.synthetic || last?.synthetic) && <SyntheticMark />}
        {quote?.last != null && <strong className="last-price">{pretty(quote.last, decimals)} {instrument.currency}</strong>}
        {last && <span className="muted">O {pretty(last.open, decimals)} H {pretty(last.high, decimals)} L {pretty(last.low, decimals)} C {pretty(last.close, decimals)}</span>}
      </p>
      <div className="chart" ref={container} role="img" aria-label={`Candle chart of ${instrument.symbol}, interval ${interval}${last ? `, last close ${last.close}` : ''}`} />
    </Panel>
  );
}

function IntervalPicker({ chosen, onChoose }: { readonly chosen: ChartInterval; readonly onChoose: (interval: ChartInterval) => void }) {
  return (
    <div role="group" aria-label="Interval" className="choices">
      {(Object.keys(INTERVALS) as ChartInterval[]).map((interval) => (
        <button key={interval} type="button" aria-pressed={interval === chosen} onClick={() => onChoose(interval)}>{interval}</button>
      ))}
    </div>
  );
}

/** A chart that fills its container. The logo stays out (its style element breaks the content policy); the footer credits it. */
function useSeries(decimals: number) {
  const container = useRef<HTMLDivElement>(null);
  const [series, setSeries] = useState<ISeriesApi<'Candlestick'>>();
  useEffect(() => {
    const chart = createChart(container.current!, {
      autoSize: true,
      layout: { background: { type: ColorType.Solid, color: 'transparent' }, textColor: '#9aa7b8', attributionLogo: false },
      grid: { vertLines: { color: '#1a222e' }, horzLines: { color: '#1a222e' } },
      timeScale: { timeVisible: true, borderColor: '#263041' },
      rightPriceScale: { borderColor: '#263041' },
    });
    setSeries(chart.addSeries(CandlestickSeries, {
      upColor: UP, downColor: DOWN, wickUpColor: UP, wickDownColor: DOWN, borderVisible: false,
      priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
    }));
    return () => {
      setSeries(undefined);
      chart.remove();
    };
  }, [decimals]);
  return { container, series };
}
