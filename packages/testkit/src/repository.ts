import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout: packages/testkit/dist is three folders below it. */
export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
