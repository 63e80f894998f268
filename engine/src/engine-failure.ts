// What happens when the engine can no longer write: it accepts nothing more, says why on health, metrics and the log,
// and stays up to be looked at until it is stopped. Ending at once would take the reason with it and, restarted on the
// same full disk, only end again. A restart recovers every acknowledged command from what is on disk.

import { Counter, type Registry } from 'prom-client';
import type { Health } from '@mib/service/health';
import type { Logger } from '@mib/service/logger';
import type { PipelineFailure } from './pipeline.ts';
import { STORAGE_FAULTS } from './storage/storage-fault.ts';

export class FailureReport {
  readonly #log: Logger;
  readonly #health: Health;
  readonly #failures: Counter<'part' | 'fault'>;

  constructor(parts: { readonly log: Logger; readonly health: Health; readonly registry: Registry }) {
    this.#log = parts.log;
    this.#health = parts.health;
    this.#failures = new Counter({ name: 'mib_engine_failures_total', help: 'Failures after which the engine accepts nothing, by part and fault', labelNames: ['part', 'fault'], registers: [parts.registry] });
    for (const part of ['journal', 'event-log']) for (const fault of STORAGE_FAULTS) this.#failures.inc({ part, fault }, 0);
  }

  report(failure: PipelineFailure): void {
    const { part, fault, message, cause } = failure;
    this.#log.fatal({ part, fault, reason: message, err: cause }, 'the engine accepts nothing more: it cannot go on writing');
    this.#failures.inc({ part, fault });
    this.#health.check(part, () => `${fault}: ${message}; nothing is accepted until the engine is restarted`);
  }
}
