// The process of the shared host; started by the launcher.

import { runProcess } from '@mib/service/lifecycle';
import { startSubgraphHost } from './subgraph-host.ts';

await runProcess('subgraphs', startSubgraphHost);
