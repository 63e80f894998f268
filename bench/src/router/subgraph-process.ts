// All stub subgraphs in one process of their own.

import { startStubSubgraph } from '../stub-subgraph.ts';
import { SUBGRAPHS } from './graph.ts';

const urls: Record<string, string> = {};
let served = 0;
/** The fetches since the bench last asked; kept only when it wants to see them. */
let seen: { readonly url: string; readonly body: string }[] | undefined;
for (const { name, sdl, resolvers } of SUBGRAPHS) {
  const { url } = await startStubSubgraph(sdl, resolvers, (url, body) => {
    served++;
    seen?.push({ url, body });
  });
  urls[name] = url;
}
process.on('message', (command) => {
  if (command === 'watch') seen = [];
  process.send?.({ served, seen });
  if (command === 'seen?') seen = undefined;
});
process.on('disconnect', () => process.exit());
process.send?.({ urls });
