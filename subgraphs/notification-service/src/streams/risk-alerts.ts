// Turns every risk alert into a notification for the account's owner. Delivered twice, it is one: the alert's id is the
// notification's source.

import { inTransaction } from '@mib/service/database';
import type { BusSubscription, DeliveredRecord, EventBus } from '@mib/service/event-bus/event-bus';
import type pg from 'pg';
import { draftOfRiskAlert } from '../domain/notification.ts';
import { RISK_ALERTS_TOPIC, parseRiskAlert } from '../events.ts';
import { addNotifications } from '../store/inbox.ts';
import type { Telemetry } from '../telemetry.ts';

const GROUP = 'notification-service';
const BATCH = 200;

export interface RiskAlertsOptions {
  readonly bus: EventBus;
  readonly pool: pg.Pool;
  readonly telemetry: Telemetry;
}

export async function followRiskAlerts({ bus, pool, telemetry }: RiskAlertsOptions): Promise<BusSubscription> {
  await bus.ensureTopic(RISK_ALERTS_TOPIC);
  return bus.subscribe({
    topics: [RISK_ALERTS_TOPIC],
    group: GROUP,
    from: 'earliest',
    batchSize: BATCH,
    async handle(records) {
      const drafts = records.flatMap((record) => draftsOf(record, telemetry));
      telemetry.riskAlertsTaken(await inTransaction(pool, (client) => addNotifications(client, drafts)));
    },
  });
}

function draftsOf({ value, offset }: DeliveredRecord, telemetry: Telemetry) {
  const alert = parseRiskAlert(value);
  if (!alert) telemetry.riskAlertUnreadable(offset);
  return alert ? [draftOfRiskAlert(alert)] : [];
}
