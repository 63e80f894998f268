// node router/dist/main.js [--supergraph FILE] [--port N] [--config FILE]

import { runProcess } from '@mib/service/lifecycle';
import { readRouterConfig } from './config.ts';
import { startRouter } from './router.ts';

await runProcess('router', (env) => startRouter(readRouterConfig(env, process.argv.slice(2))));
