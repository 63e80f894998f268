// Makes the engine enforce what is stored. Whoever stores a version tells the engine at once; what could not be told is
// retried from here until nothing is left: after a failure, and from the start of the process, when the engine is also
// asked what it enforces and whatever differs counts as untold. Telling twice is harmless.
//
//   stored PENDING ──told──► APPLIED          engine away, refuses: stays PENDING ──back off──► told again

import type { TradingState } from '@mib/model/trading';
import type { AccountSnapshot, CommandResult, EngineClient, EngineCommand } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import type pg from 'pg';
import { EVERYBODY, isAsStrict, type LimitVersion, type TradingStateVersion } from '../domain/intent.ts';
import { engineEntries, limitCommands } from '../domain/limits.ts';
import { INTENT_KINDS, accountsWithIntents, confirmNewest, newestLimits, newestTradingStates, unconfirm, type IntentKind } from '../store/intent-store.ts';
import type { Telemetry } from '../telemetry.ts';

const BATCH = 200;
const RETRY = { firstMs: 100, maxMs: 5_000 };
/** Tries while somebody waits for the answer: about two seconds, a connection's way back after a restart of the engine. */
const PATIENT_TRIES = 5;

export interface EnforcementOptions {
  readonly pool: pg.Pool;
  readonly engine: Pick<EngineClient, 'submit' | 'accounts'>;
  readonly telemetry: Telemetry;
}

export class Enforcement implements AsyncDisposable {
  readonly #options: EnforcementOptions;
  readonly #stopping = new AbortController();
  #recovery: Promise<void> = Promise.resolve();
  #recovering = false;
  #requested = false;

  constructor(options: EnforcementOptions) {
    this.#options = options;
    this.#recover();
  }

  /** Tells the engine the account's newest version; false when it could not be told and is retried from now on. */
  async enforce(kind: IntentKind, accountNumber: number): Promise<boolean> {
    for (let failures = 0; failures < PATIENT_TRIES && !this.#stopping.signal.aborted; ) {
      if (await this.#tell(kind, accountNumber)) return true;
      await backOff(++failures, { ...RETRY, signal: this.#stopping.signal });
    }
    this.#recover();
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#recovery;
  }

  async #tell(kind: IntentKind, accountNumber: number): Promise<boolean> {
    const { pool, telemetry } = this.#options;
    try {
      if (kind === 'limits') await confirmNewest(pool, kind, accountNumber, (newest) => this.#tellLimits(newest));
      else await confirmNewest(pool, kind, accountNumber, (newest) => this.#tellState(newest));
      return true;
    } catch (error) {
      telemetry.enforcementPostponed(error, kind, accountNumber);
      return false;
    }
  }

  async #tellLimits({ accountNumber, terms }: LimitVersion): Promise<void> {
    for (const command of limitCommands(accountNumber, terms)) await this.#submit(command);
    this.#options.telemetry.enforced('limits', accountNumber);
  }

  async #tellState({ accountNumber, state }: Pick<TradingStateVersion, 'accountNumber' | 'state'>): Promise<void> {
    await this.#submit({ kind: 'SetTradingState', accountNumber, state });
    this.#options.telemetry.enforced('trading-state', accountNumber);
  }

  async #submit(command: EngineCommand): Promise<void> {
    const { code }: CommandResult = await this.#options.engine.submit(command);
    if (code !== 'OK') throw new Error(`the engine refused ${command.kind}: ${code}`);
  }

  /** Starts recovery, or has the one that runs look once more. */
  #recover(): void {
    this.#requested = true;
    if (this.#recovering) return;
    this.#recovering = true;
    this.#recovery = this.#untilNothingIsLeft();
  }

  async #untilNothingIsLeft(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; this.#requested && !signal.aborted; ) {
      this.#requested = false;
      if ((await this.#reconcile()) && (await this.#tellAll())) continue;
      this.#requested = true;
      await backOff(++failures, { ...RETRY, signal });
    }
    this.#recovering = false;
  }

  /** One account that the engine refuses holds up no other. */
  async #tellAll(): Promise<boolean> {
    let clean = true;
    try {
      for (const kind of INTENT_KINDS) {
        for await (const numbers of this.#pages(kind, true)) {
          for (const number of numbers) {
            if (this.#stopping.signal.aborted) return true;
            clean = (await this.#tell(kind, number)) && clean;
          }
        }
      }
      return clean;
    } catch (error) {
      this.#options.telemetry.reconciliationPostponed(error);
      return false;
    }
  }

  /** Asks the engine what it enforces; versions that it does not count as untold from now on. */
  async #reconcile(): Promise<boolean> {
    try {
      const [everybody] = await newestTradingStates(this.#options.pool, [EVERYBODY]);
      // No view of the engine shows this one by itself.
      if (everybody?.appliedAt) await this.#tellState(everybody);
      for await (const numbers of this.#pages('limits', false)) await this.#reconcileLimits(numbers);
      for await (const numbers of this.#pages('trading-state', false)) await this.#reconcileStates(numbers.filter((number) => number !== EVERYBODY), everybody?.state ?? 'ACTIVE');
      return true;
    } catch (error) {
      this.#options.telemetry.reconciliationPostponed(error);
      return false;
    }
  }

  async #reconcileLimits(numbers: readonly number[]): Promise<void> {
    const { pool, engine } = this.#options;
    const [versions, snapshots] = [await newestLimits(pool, numbers), byNumber(await engine.accounts(numbers))];
    const different = versions.filter((version) => !enforcesLimits(snapshots.get(version.accountNumber), version));
    if (different.length > 0) await unconfirm(pool, 'limits', different.map((version) => version.accountNumber));
  }

  async #reconcileStates(numbers: readonly number[], everybody: TradingState): Promise<void> {
    const { pool, engine } = this.#options;
    const [versions, snapshots] = [await newestTradingStates(pool, numbers), byNumber(await engine.accounts(numbers))];
    const different = versions.filter(({ accountNumber, state }) => snapshots.get(accountNumber)?.tradingState !== (isAsStrict(state, everybody) ? state : everybody));
    if (different.length > 0) await unconfirm(pool, 'trading-state', different.map((version) => version.accountNumber));
  }

  async *#pages(kind: IntentKind, pendingOnly: boolean): AsyncGenerator<readonly number[]> {
    for (let after = -1; ; ) {
      const numbers = await accountsWithIntents(this.#options.pool, kind, { after, limit: BATCH, pendingOnly });
      if (numbers.length > 0) yield numbers;
      if (numbers.length < BATCH) return;
      after = numbers.at(-1)!;
    }
  }
}

function enforcesLimits(snapshot: AccountSnapshot | undefined, { terms }: LimitVersion): boolean {
  return engineEntries(terms).every((entry) =>
    snapshot?.limits.some((held) => held.instrumentNumber === entry.instrumentNumber && held.maxPositionLots === entry.maxPositionLots && held.collarBasisPoints === entry.collarBasisPoints),
  );
}

function byNumber(snapshots: readonly AccountSnapshot[]): Map<number, AccountSnapshot> {
  return new Map(snapshots.map((snapshot) => [snapshot.accountNumber, snapshot]));
}
