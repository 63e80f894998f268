import { runProcess } from '@mib/service/lifecycle';
import { start } from './subgraph.ts';

await runProcess('risk-engine', start);
