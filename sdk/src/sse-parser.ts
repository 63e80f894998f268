// Server-sent events out of a byte stream (WHATWG HTML §9.2.6), as far as GraphQL over SSE needs them: `event` and
// `data` fields, comments as heartbeats. A chunk may end anywhere, in the middle of a character too.

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** A line that never ends is not an event; far above any result. */
const MAX_PENDING_CHARACTERS = 16_000_000;

/** What to do when nothing has come for a while. The time a slow reader takes between events does not count. */
export interface Idle {
  readonly timeoutMs: number;
  readonly onTimeout: () => void;
}

export async function* parseServerSentEvents(stream: ReadableStream<Uint8Array>, idle: Idle): AsyncGenerator<ServerSentEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  try {
    for (;;) {
      const { value, done } = await readWithin(reader, idle);
      if (done) return;
      pending += decoder.decode(value, { stream: true });
      const blocks = pending.split(/\r\n\r\n|\n\n|\r\r/);
      pending = blocks.pop() ?? '';
      if (pending.length > MAX_PENDING_CHARACTERS) throw new Error(`event longer than ${MAX_PENDING_CHARACTERS} characters`);
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event) yield event;
      }
    }
  } finally {
    // Also when the reader of this generator leaves: the response must end, not idle.
    await reader.cancel().catch(() => undefined);
  }
}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, { timeoutMs, onTimeout }: Idle): Promise<ReadableStreamReadResult<Uint8Array>> {
  const timer = setTimeout(onTimeout, timeoutMs);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined for a block of comments only. */
function parseBlock(block: string): ServerSentEvent | undefined {
  let event = '';
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return event === '' && data.length === 0 ? undefined : { event, data: data.join('\n') };
}
