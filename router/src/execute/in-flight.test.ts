// Sharing one fetch: everybody who asks the same at the same time gets an answer of his own, and nobody another's.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.ts';
import { CALLER_GONE, type SubgraphAnswer } from './subgraph-client.ts';

const TEXT = '{"data":{"me":{"name":"Ada"}}}';

describe('fetches in flight', () => {
  let inFlight: InFlight;
  let started: { readonly signal: AbortSignal; readonly end: (answer: SubgraphAnswer) => void }[];
  beforeEach(() => {
    inFlight = new InFlight();
    started = [];
  });

  const ask = (key: string, signal?: AbortSignal): Promise<SubgraphAnswer> =>
    inFlight.get(key, { signal }, (shared) => new Promise((end) => started.push({ signal: shared, end })));
  const answered = (): SubgraphAnswer => ({ kind: 'answered', ...(JSON.parse(TEXT) as { data: { me: { name: string } } }), errors: [], text: TEXT });

  it('of the same key are sent once, and each caller owns its answer', async () => {
    const both = [ask('a'), ask('a')];
    expect(started).toHaveLength(1);
    started[0]!.end(answered());
    const [first, second] = (await Promise.all(both)) as Extract<SubgraphAnswer, { kind: 'answered' }>[];
    expect(second!.data).toEqual(first!.data);
    first!.data!['me'] = 'changed by the merge of the first';
    expect(second!.data).toEqual({ me: { name: 'Ada' } });
  });

  it('of another key are sent for themselves', () => {
    void ask('a');
    void ask('b');
    expect(started).toHaveLength(2);
  });

  it('are over with their answer: the next caller asks anew', async () => {
    const first = ask('a');
    started[0]!.end(answered());
    await first;
    void ask('a');
    expect(started).toHaveLength(2);
  });

  it('go on while one caller is left, and are given up with the last', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const answers = [ask('a', one.signal), ask('a', two.signal)];
    one.abort();
    expect(await answers[0]).toMatchObject({ kind: 'failed', reason: CALLER_GONE });
    expect(started[0]!.signal.aborted).toBe(false);
    two.abort();
    expect(await answers[1]).toMatchObject({ kind: 'failed', reason: CALLER_GONE });
    expect(started[0]!.signal.aborted).toBe(true);
  });

  it('that were given up are not joined by a later caller', () => {
    const gone = new AbortController();
    void ask('a', gone.signal);
    gone.abort();
    void ask('a');
    expect(started).toHaveLength(2);
  });

  it('fail for everybody alike', async () => {
    const both = [ask('a'), ask('a')];
    started[0]!.end({ kind: 'failed', code: 'SUBGRAPH_TIMEOUT', reason: 'no answer in time' });
    expect(await Promise.all(both)).toEqual([expect.objectContaining({ code: 'SUBGRAPH_TIMEOUT' }), expect.objectContaining({ code: 'SUBGRAPH_TIMEOUT' })]);
  });
});
