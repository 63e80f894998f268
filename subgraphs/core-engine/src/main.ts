// Runs core-engine as a process of its own.

import { runProcess } from '@mib/service/lifecycle';
import { start } from './subgraph.ts';

await runProcess('core-engine', start);
