// Runs data-ingestion as a process of its own.

import { runProcess } from '@mib/service/lifecycle';
import { start } from './subgraph.ts';

await runProcess('data-ingestion', start);
