// Hive Gateway's configuration for its Rust query planner, as its documentation has it.

import { unifiedGraphHandler } from '@graphql-hive/router-runtime';

export const gatewayConfig = { unifiedGraphHandler };
