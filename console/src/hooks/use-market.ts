// Every instrument with its quote as it moves. Quotes that arrive within one frame of the screen are shown together.

import { useState } from 'react';
import type { Client } from '@mib/sdk/client';
import type { InstrumentFieldsFragment, QuoteFieldsFragment } from '@mib/sdk/generated/operations';
import { useTask, type Task } from './use-task.ts';

export type Instrument = InstrumentFieldsFragment;
export type Quote = QuoteFieldsFragment;
export type Quotes = ReadonlyMap<string, Quote>;

export interface Market extends Task {
  readonly instruments: readonly Instrument[];
  readonly quotes: Quotes;
}

/** The graph's bound on one quoteUpdated. */
const MAX_INSTRUMENTS = 100;
/** Faster than an eye reads, slower than a screen draws. */
const CONFLATE_MS = 200;

export function useMarket(client: Client): Market {
  const [instruments, setInstruments] = useState<readonly Instrument[]>([]);
  const [quotes, setQuotes] = useState<Quotes>(new Map());
  const task = useTask(async (signal) => {
    const page = await client.instruments({ first: MAX_INSTRUMENTS }, { signal, errorPolicy: 'partial' });
    const nodes = page.instruments?.edges.map(({ node }) => node) ?? [];
    setInstruments(nodes);
    setQuotes(new Map(nodes.flatMap(({ id, quote }) => (quote ? [[id, quote]] : []))));
    if (nodes.length === 0) return;
    const frame = createFrame((arrived: Quotes) => setQuotes((known) => new Map([...known, ...arrived])), signal);
    for await (const { quoteUpdated: quote } of client.quoteUpdated({ instrumentIds: nodes.map(({ id }) => id), conflateMs: CONFLATE_MS }, { signal })) {
      if (quote.instrument) frame(quote.instrument.id, quote);
    }
  }, [client]);
  return { instruments, quotes, ...task };
}

/** Collects by key, the newest wins, and shows what came at the next frame. */
function createFrame<V>(show: (arrived: ReadonlyMap<string, V>) => void, signal: AbortSignal): (key: string, value: V) => void {
  let arrived = new Map<string, V>();
  return (key, value) => {
    if (arrived.size === 0) {
      requestAnimationFrame(() => {
        const shown = arrived;
        arrived = new Map();
        if (!signal.aborted) show(shown);
      });
    }
    arrived.set(key, value);
  };
}
