// The life of graphs: which one serves, and when another is closed.

import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import type { Graph } from '../graph.ts';
import { Leases } from './leases.ts';
import { LiveGraph, type LiveGraphOptions } from './live-graph.ts';

const supergraph = { subgraphUrls: new Map(), apiSchema: buildSchema('type Query { a: Int }') };

/** Graphs that are nothing but their name; what is closed is written down. */
async function start(options: Partial<LiveGraphOptions> = {}): Promise<{ live: LiveGraph; closed: string[] }> {
  const closed: string[] = [];
  const open = async (sdl: string): Promise<Graph> => ({ sdl, supergraph, leases: new Leases(), [Symbol.asyncDispose]: async () => void closed.push(sdl) }) as unknown as Graph;
  const live = await LiveGraph.open('first', { open, warmUp: async () => undefined, ...options });
  return { live, closed };
}

const nameOf = (live: LiveGraph): string => (live.current as unknown as { sdl: string }).sdl;

describe('the graph that serves', () => {
  it('is closed behind the last that holds it', async () => {
    const { live, closed } = await start();
    const [one, two] = [live.current.leases.take(), live.current.leases.take()];
    await live.reload('second');
    expect([nameOf(live), closed]).toEqual(['second', []]);
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await live.reload('third');
    expect(closed).toEqual(['second']);
    two[Symbol.dispose]();
    await live.reload('third');
    expect(closed).toEqual(['second', 'first']);
  });

  it('goes on when the next one cannot be warmed up, and that one is closed', async () => {
    const { live, closed } = await start({ warmUp: async (graph) => (((graph as unknown as { sdl: string }).sdl === 'bad') ? Promise.reject(new Error('cold')) : undefined) });
    await expect(live.reload('bad')).rejects.toThrow('cold');
    expect([nameOf(live), closed]).toEqual(['first', ['bad']]);
    await live.reload('good');
    expect([nameOf(live), closed]).toEqual(['good', ['bad', 'first']]);
  });

  it('is replaced by one reload after the other, and by not too many at once', async () => {
    const { live } = await start();
    const reloads = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => live.reload(`graph ${index}`)));
    expect(reloads.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expect(nameOf(live)).toBe('graph 9');
  });
});
