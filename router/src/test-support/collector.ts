// A collector for tests: takes OTLP over HTTP as a real one does and hands out the spans, so what is tested is what was sent.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** Bodies as they came. */
  readonly texts: string[];
  /** What every batch is answered with. */
  status: number;
  /** All spans of a trace, once its request's own has come: it is the last to end. */
  trace(traceId: string): Promise<readonly CollectedSpan[]>;
  /** The span that fits, once it has come. */
  span(fits: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
  /** The same among the spans of whole requests. */
  request(fits: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
}

const SERVER_KIND = 2;

interface OtlpSpan extends Omit<CollectedSpan, 'attributes'> {
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface OtlpBody {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

export async function startCollector(): Promise<Collector> {
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      collector.texts.push(text);
      const { resourceSpans } = JSON.parse(text) as OtlpBody;
      const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
      collector.spans.push(...spans.map((span) => ({ ...span, attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])) })));
      response.writeHead(collector.status, { 'content-type': 'application/json' }).end('{}');
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    texts: [],
    status: 200,
    async trace(traceId) {
      await collector.request((span) => span.traceId === traceId);
      return collector.spans.filter((span) => span.traceId === traceId);
    },
    request: (fits) => collector.span((span) => span.kind === SERVER_KIND && fits(span)),
    span: (fits) => new Promise((resolve) => {
      const look = (): void => {
        const found = collector.spans.find(fits);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return collector;
}
