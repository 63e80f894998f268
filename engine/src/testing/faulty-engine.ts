// An engine whose journal is on a disk that breaks, for tests; faulty-journal-worker.ts reads how.

import { runProcess } from '@mib/service/lifecycle';
import { startEngine } from '../engine.ts';

await runProcess('engine', (env) => startEngine(env, { journalWorker: new URL('./faulty-journal-worker.js', import.meta.url) }));
