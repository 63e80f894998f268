// The process of data-processor when it runs alone; the launcher's shared host imports subgraph.ts instead.

import { runProcess } from '@mib/service/lifecycle';
import { start } from './subgraph.ts';

await runProcess('data-processor', start);
