// Makes tradable instruments known to the engine, again and again until it has taken them: at the start, and whenever one
// is added. Registering the same instrument twice changes nothing.

import type { EngineClient } from '@mib/proto/engine-client';
import type { Logger } from '@mib/service/logger';
import type { Instrument } from '../domain/instrument.ts';
import { nextBackoffMs, type Clock } from './clock.ts';

export interface EngineRegistration extends AsyncDisposable {
  /** Resolves once all instruments known so far have been registered, or this has been stopped. */
  readonly complete: Promise<void>;
  /** Looks for new instruments. */
  wake(): void;
  /** What keeps instruments from being registered, or undefined. */
  readonly problem: string | undefined;
}

export interface EngineRegistrationOptions {
  readonly engine: EngineClient;
  readonly instruments: () => Promise<readonly Instrument[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function startEngineRegistration(options: EngineRegistrationOptions): EngineRegistration {
  const stop = new AbortController();
  let complete = (): void => undefined;
  const first = new Promise<void>((resolve) => (complete = resolve));
  let problem: string | undefined = 'not yet registered with the engine';
  let wanted = true;
  let wake = (): void => undefined;

  const loop = async (): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted; ) {
      try {
        wanted = false;
        problem = await register(options);
        complete();
        failures = 0;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        if (failures === 0) options.logger.warn({ reason: problem }, 'instruments not registered with the engine yet');
        wanted = true;
        await options.clock.sleep(nextBackoffMs(failures), stop.signal);
        failures += 1;
      }
      if (!wanted && !stop.signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
    complete();
  };
  const done = loop();

  return {
    complete: first,
    wake() {
      wanted = true;
      wake();
    },
    get problem() {
      return problem;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      wake();
      await done;
    },
  };
}

/** @returns the first refusal; the engine knows another definition of the same instrument then. */
export async function register({ engine, instruments, logger }: EngineRegistrationOptions): Promise<string | undefined> {
  const tradable = (await instruments()).filter((instrument) => instrument.tradable);
  const results = await Promise.all(
    tradable.map(({ number, id, tickSize, lotSize, currency, cashScale }) =>
      engine.submit({ kind: 'RegisterInstrument', instrumentNumber: number, instrumentId: id, tickSize, lotSize, currency, cashScale })),
  );
  const refused = results.flatMap(({ code }, index) => (code === 'OK' ? [] : [`${tradable[index]!.id}: ${code}`]));
  if (refused.length > 0) logger.error({ refused }, 'engine refused instruments');
  return refused[0];
}
