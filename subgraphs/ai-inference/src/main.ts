// The process of ai-inference when it runs alone; the launcher's shared host imports subgraph.ts instead.

import { runProcess } from '@mib/service/lifecycle';
import { start } from './subgraph.ts';

await runProcess('ai-inference', start);
