import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@mib/service/logger';
import { WebSocketServer, type WebSocket } from 'ws';
import { createRandom } from '../../domain/random.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import { openTransport, type TransportOptions } from './transport.ts';

const BOUNDS = { silenceMs: 400, handshakeMs: 200, answerMs: 1_000, firstBackoffMs: 5, maxBackoffMs: 40 };

describe('the transport', () => {
  it('opens again after every abnormal close and forgets what it was to send', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url);
    for (const code of [1001, 1011, 4000]) {
      const socket = await venue.connection();
      await feed.event('opened');
      socket.close(code, 'go away');
      expect(await feed.event('closed')).toBe(`closed: venue closed with ${code} go away`);
      feed.transport.send('lost');
    }
    await venue.connection();
    await feed.event('opened');
    feed.transport.send('kept');
    expect(await venue.message()).toBe('kept');
  });

  it('sends a probe into half of the silence and gives the connection up at its end', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url);
    await venue.connection();
    expect(await venue.message()).toBe('probe');
    expect(await feed.event('silent')).toMatch(/^silent: silent for \d+ ms$/);
    expect(await feed.event('closed')).toMatch(/^closed: silent for/);
    await venue.connection();
  });

  it('does not take pings of the protocol for a sign of life', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url);
    const socket = await venue.connection();
    const pinging = setInterval(() => socket.ping(), 20);
    expect(await feed.event('silent')).toMatch(/silent for/);
    clearInterval(pinging);
  });

  it('is content with a venue that answers the probe', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url);
    const socket = await venue.connection();
    for (let round = 0; round < 3; round += 1) {
      expect(await venue.message()).toBe('probe');
      socket.send('answer');
      expect(await feed.event('frame')).toBe('frame: answer');
    }
    expect(feed.seen('closed')).toEqual([]);
  });

  it('gives up a handshake that takes too long, and waits as long as the venue says after a refusal', async () => {
    await using venue = await openVenue();
    venue.answer = 'never';
    await using feed = connect(venue.url);
    expect(await feed.event('closed')).toContain('handshake has timed out');
    venue.answer = 429;
    const refused = await feed.event('closed', /429/);
    expect(refused).toBe('closed: venue answered 429 to the handshake');
    const startMs = Date.now();
    venue.answer = 'open';
    await venue.connection();
    expect(Date.now() - startMs).toBeGreaterThan(900);
  });

  it('replaces an old connection without waiting', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url, { maxConnectionMs: 100, bounds: { ...BOUNDS, firstBackoffMs: 60_000, maxBackoffMs: 60_000 } });
    await venue.connection();
    expect(await feed.event('closed')).toBe('closed: connection replaced before the venue ends it');
    await venue.connection();
  });

  it('spaces what it sends', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url, { sendSpacingMs: 30 });
    await venue.connection();
    await feed.event('opened');
    const startMs = Date.now();
    for (const text of ['a', 'b', 'c', 'd']) feed.transport.send(text);
    for (const text of ['a', 'b', 'c', 'd']) expect(await venue.message()).toBe(text);
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(3 * 30 - 5);
  });

  it('ends a connection whose frame is larger than any venue sends', async () => {
    await using venue = await openVenue();
    await using feed = connect(venue.url);
    (await venue.connection()).send('x'.repeat(8 * 1024 * 1024 + 1));
    expect(await feed.event('closed')).toContain('Max payload size exceeded');
  });
});

/** Things that happen, each awaited once, in order. */
function journal() {
  const seen: string[] = [];
  let read = 0;
  let wake = (): void => undefined;
  return {
    seen,
    add: (entry: string) => (seen.push(entry), wake()),
    async next(matches: (entry: string) => boolean): Promise<string> {
      for (;;) {
        while (read < seen.length) {
          const entry = seen[read++]!;
          if (matches(entry)) return entry;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

function connect(url: string, more: Partial<TransportOptions> = {}) {
  const events = journal();
  const handlers = {
    opened: () => events.add('opened'),
    frame: (text: string) => events.add(`frame: ${text}`),
    closed: (reason: string) => events.add(`closed: ${reason}`),
    silent: (reason: string) => events.add(`silent: ${reason}`),
  };
  const transport = openTransport({
    url, handlers, bounds: BOUNDS, probe: () => 'probe', sendSpacingMs: 0, maxConnectionMs: Infinity,
    clock: SYSTEM_CLOCK, random: createRandom(1), logger: createLogger('test', { level: 'silent' }), ...more,
  });
  return {
    transport,
    event: (kind: string, pattern = /./) => events.next((entry) => entry.startsWith(kind) && pattern.test(entry)),
    seen: (kind: string) => events.seen.filter((entry) => entry.startsWith(kind)),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** A venue that keeps sockets and what was said on them. */
async function openVenue() {
  const server: Server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const said = journal();
  const waiting: WebSocket[] = [];
  let arrive = (): void => undefined;
  const held = new Set<{ destroy(): void }>();
  const venue = {
    url: '',
    answer: 'open' as 'open' | 'never' | number,
    async connection(): Promise<WebSocket> {
      while (waiting.length === 0) await new Promise<void>((resolve) => (arrive = resolve));
      return waiting.shift()!;
    },
    message: () => said.next(() => true),
    async [Symbol.asyncDispose]() {
      for (const stream of held) stream.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('upgrade', (request, stream, head) => {
    held.add(stream);
    if (venue.answer === 'never') return;
    if (venue.answer !== 'open') return void stream.end(`HTTP/1.1 ${venue.answer} No\r\nRetry-After: 1\r\nConnection: close\r\n\r\n`);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('message', (data: Buffer) => said.add(data.toString()));
      waiting.push(socket);
      arrive();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  venue.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return venue;
}
