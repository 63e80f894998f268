// Opens accounts in the engine: OPENING (a row) -> FUNDING (the engine knows the number) -> OPEN (first cash deposited).
// The row comes first and remembers how far it got; both engine commands may be repeated, so a crash or an absent engine
// between any two steps only means that the rest is done later, once, by whoever comes: the request, the user event or
// the recovery that runs from the start of the process until nothing is left.

import { toSteps } from '@mib/model/decimal';
import type { CommandResult, EngineClient } from '@mib/proto/engine-client';
import { backOff } from '@mib/service/back-off';
import { MAX_ACCOUNTS_PER_USER } from '../domain/account-input.ts';
import { RESERVED_PREFIX } from '../domain/order-input.ts';
import type { Projection } from '../projection/projection.ts';
import type { Telemetry } from '../telemetry.ts';
import type { AccountRow, AccountStore, CreateOutcome, NewAccount } from '../store/account-store.ts';

export const FIRST_ACCOUNT: Omit<NewAccount, 'userId'> = { name: 'Main', baseCurrency: 'USD', initialCash: '100000.00' };
const DEPOSIT_KEY = `${RESERVED_PREFIX}first-deposit`;
const RECOVERY_BATCH = 100;
const RETRY = { firstMs: 200, maxMs: 5_000 };
/** How long an opening waits to see its own deposit; the account is open either way. */
const VISIBLE_WITHIN_MS = 5_000;

export interface AccountOpeningOptions {
  readonly store: Pick<AccountStore, 'create' | 'advance' | 'unfinished'>;
  readonly engine: Pick<EngineClient, 'submit'>;
  readonly projection: Pick<Projection, 'reached' | 'instruments'>;
  readonly telemetry: Telemetry;
}

export class AccountOpening implements AsyncDisposable {
  readonly #options: AccountOpeningOptions;
  readonly #stopping = new AbortController();
  #recovery: Promise<void> | undefined;
  #recovering = false;
  #requested = false;

  constructor(options: AccountOpeningOptions) {
    this.#options = options;
    this.#recover();
  }

  /** The outcome's account is as far as the engine let it come; recovery does the rest. */
  async open(account: NewAccount): Promise<CreateOutcome> {
    const outcome = await this.#options.store.create(account, MAX_ACCOUNTS_PER_USER);
    if (outcome.kind === 'too-many' || outcome.account.state === 'OPEN') return outcome;
    try {
      return { kind: outcome.kind, account: await this.#finish(outcome.account) };
    } catch (error) {
      this.#options.telemetry.accountPostponed(error, outcome.account.id);
      this.#recover();
      return outcome;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#recovery;
  }

  async #finish(account: AccountRow): Promise<AccountRow> {
    const { store, engine } = this.#options;
    if (account.state === 'OPENING') {
      succeeded(await engine.submit({ kind: 'OpenAccount', accountNumber: account.number }));
      await store.advance(account.number, 'OPENING', 'FUNDING');
    }
    await this.#deposit(account);
    if (await store.advance(account.number, 'FUNDING', 'OPEN')) this.#options.telemetry.accountOpened(account.id);
    return { ...account, state: 'OPEN' };
  }

  async #deposit({ number: accountNumber, baseCurrency: currency, initialCash }: AccountRow): Promise<void> {
    if (initialCash.units === 0n) return;
    const { engine, projection } = this.#options;
    const unit = { units: 1n, scale: projection.instruments.cashScale(currency) };
    const amountUnits = toSteps(initialCash, unit, 'initialCash');
    const result = await engine.submit({ kind: 'AdjustCash', accountNumber, currency, amountUnits, clientOrderId: DEPOSIT_KEY });
    succeeded(result);
    await projection.reached(result.lastEventSequence, VISIBLE_WITHIN_MS);
  }

  /** Starts recovery, or has the one that runs look once more. */
  #recover(): void {
    this.#requested = true;
    if (this.#recovering) return;
    this.#recovering = true;
    this.#recovery = this.#finishAll();
  }

  async #finishAll(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; this.#requested && !signal.aborted; ) {
      this.#requested = false;
      if (await this.#finishBatch()) continue;
      this.#requested = true;
      await backOff(++failures, { ...RETRY, signal });
    }
    this.#recovering = false;
  }

  /** False when something is left to be tried again. One account that the engine refuses holds up no other. */
  async #finishBatch(): Promise<boolean> {
    let clean = true;
    try {
      const accounts = await this.#options.store.unfinished(RECOVERY_BATCH);
      for (const account of accounts) {
        if (this.#stopping.signal.aborted) return true;
        await this.#finish(account).catch((error: unknown) => {
          clean = false;
          this.#options.telemetry.accountPostponed(error, account.id);
        });
      }
      return clean && accounts.length < RECOVERY_BATCH;
    } catch (error) {
      this.#options.telemetry.accountPostponed(error);
      return false;
    }
  }
}

function succeeded({ code }: CommandResult): void {
  if (code !== 'OK') throw new Error(`the engine refused to open the account: ${code}`);
}
