import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseServerSentEvents, type ServerSentEvent } from './sse-parser.ts';

describe('server-sent events', () => {
  it.each<[string, string, readonly ServerSentEvent[]]>([
    ['an event', 'event: next\ndata: {"a":1}\n\n', [{ event: 'next', data: '{"a":1}' }]],
    ['carriage returns', 'event: next\r\ndata: x\r\n\r\n', [{ event: 'next', data: 'x' }]],
    ['comments', ':\n\n: ping\n\nevent: next\n:\ndata: x\n\n', [{ event: 'next', data: 'x' }]],
    ['data over lines', 'data: a\ndata: b\n\n', [{ event: '', data: 'a\nb' }]],
    ['no space and no value', 'event:complete\ndata\n\n', [{ event: 'complete', data: '' }]],
    ['colons in data', 'data: {"t":"12:30"}\n\n', [{ event: '', data: '{"t":"12:30"}' }]],
    ['an unfinished event at the end', 'data: a\n\ndata: b', [{ event: '', data: 'a' }]],
    ['fields nobody knows', 'id: 5\nretry: 10\ndata: x\n\n', [{ event: '', data: 'x' }]],
  ])('read %s', async (_, text, events) => {
    expect(await parse([new TextEncoder().encode(text)])).toEqual(events);
  });

  it('do not depend on where the bytes are cut', async () => {
    const text = 'event: next\ndata: {"name":"Zoë 🐎"}\n\n:\n\nevent: next\r\ndata: {"b":"€"}\r\n\r\nevent: complete\ndata:\n\n';
    const bytes = new TextEncoder().encode(text);
    const whole = await parse([bytes]);
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(await parse(at.slice(1).map((end, i) => bytes.slice(at[i], end)))).toEqual(whole);
    }));
  });
});

async function parse(chunks: readonly Uint8Array[]): Promise<ServerSentEvent[]> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ServerSentEvent[] = [];
  for await (const event of parseServerSentEvents(stream, { timeoutMs: 60_000, onTimeout: () => undefined })) events.push(event);
  return events;
}
