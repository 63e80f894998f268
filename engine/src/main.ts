// node engine/dist/main.js: the engine's process.

import { runProcess } from '@mib/service/lifecycle';
import { startEngine } from './engine.ts';

await runProcess('engine', startEngine);
