// What this service says on the bus: `config.changes`, in the shape that packages/service shares with all who listen.

import { formatTimestamp, timestampFromDate } from '@mib/model/timestamp';
import type { ConfigChange } from '@mib/service/config-changes';
import type { BusRecord } from '@mib/service/event-bus/event-bus';
import { entryId, type Version } from './domain/entry.ts';
import { flagOf } from './domain/feature-flag.ts';

export { CONFIG_CHANGES_TOPIC } from '@mib/service/config-changes';

export function changeRecord(version: Version): BusRecord {
  const flag = flagOf(version);
  const change: ConfigChange = {
    id: entryId(version),
    key: version.key,
    scope: version.scope,
    scopeId: version.scopeId || null,
    sensitive: version.sealed !== null,
    value: version.value,
    ...(version.sealed && { sealed: Buffer.from(version.sealed).toString('base64') }),
    version: version.version,
    ...(flag && { flag: { key: flag.key, enabled: flag.enabled, rolloutPercent: flag.rolloutPercent } }),
    updatedBy: version.updatedBy,
    at: formatTimestamp(timestampFromDate(version.updatedAt)),
  };
  return { key: version.key, value: JSON.stringify(change) };
}
