import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '@mib/prisma/client';
import type { EngineCommand } from '@mib/proto/engine-client';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { InstrumentBook } from '../domain/instrument-book.ts';
import { AccountStore } from '../store/account-store.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { silentTelemetry } from '../testing/silent-telemetry.ts';
import { AccountOpening, FIRST_ACCOUNT } from './account-opening.ts';

const telemetry = silentTelemetry();
const projection = { instruments: new InstrumentBook([]), reached: async () => true };

let database: TestDatabase;
let prisma: PrismaClient;
let store: AccountStore;

beforeAll(async () => {
  database = await testDatabase();
  prisma = createPrisma({ databaseUrl: database.url });
  store = new AccountStore(prisma);
});

afterAll(async () => {
  await prisma.$disconnect();
  await database[Symbol.asyncDispose]();
});

/** Effects as the real engine has them: each idempotency key counts once. */
function bookkeeping(engine: ScriptedEngine) {
  const deposits = new Map<string, number>();
  const opened = new Set<number>();
  engine.answer = (command: EngineCommand) => {
    if (command.kind === 'OpenAccount') opened.add(command.accountNumber);
    if (command.kind === 'AdjustCash') deposits.set(`${command.accountNumber} ${command.clientOrderId}`, command.amountUnits);
    return {};
  };
  return { deposits, opened };
}

describe('opening an account', () => {
  it('numbers accounts from 1000 and deposits the first cash in units of the currency', async () => {
    const engine = new ScriptedEngine();
    await using opening = new AccountOpening({ store, engine, projection, telemetry });
    const outcome = await opening.open({ ...FIRST_ACCOUNT, userId: 'u1' });
    expect(outcome).toMatchObject({ kind: 'created', account: { userId: 'u1', name: 'Main', state: 'OPEN' } });
    const number = outcome.kind === 'too-many' ? 0 : outcome.account.number;
    expect(number).toBeGreaterThanOrEqual(1000);
    expect(engine.commands).toEqual([
      { kind: 'OpenAccount', accountNumber: number },
      { kind: 'AdjustCash', accountNumber: number, currency: 'USD', amountUnits: 1_000_000_000, clientOrderId: 'mib:first-deposit' },
    ]);
  });

  it('gives a user one first account, however often and at once it is asked to', async () => {
    const engine = new ScriptedEngine();
    await using opening = new AccountOpening({ store, engine, projection, telemetry });
    await Promise.all(Array.from({ length: 5 }, () => opening.open({ ...FIRST_ACCOUNT, userId: 'u2' })));
    expect((await store.byUsers(['u2'])).map((account) => [account.name, account.state])).toEqual([['Main', 'OPEN']]);
  });

  it('holds the bound on accounts against concurrent requests', async () => {
    const engine = new ScriptedEngine();
    await using opening = new AccountOpening({ store, engine, projection, telemetry });
    const outcomes = await Promise.all(Array.from({ length: 14 }, (_, index) => opening.open({ userId: 'u3', name: `A${index}`, baseCurrency: 'USD', initialCash: '0' })));
    expect(outcomes.filter((outcome) => outcome.kind === 'created').length).toBe(10);
    expect(outcomes.filter((outcome) => outcome.kind === 'too-many').length).toBe(4);
    expect(engine.commands.some((command) => command.kind === 'AdjustCash')).toBe(false);
  });

  // Engine commands answered before the crash, and what the row says then.
  it.each([
    [0, 'OPENING'],
    [1, 'FUNDING'],
  ])('is finished after a restart when the process died at engine command %i', async (survived, state) => {
    const userId = `crash-${survived}`;
    const engine = new ScriptedEngine();
    const { deposits, opened } = bookkeeping(engine);
    const honest = engine.answer;
    let submitted = 0;
    engine.answer = (command, self) => {
      // The engine has applied the command, its answer never arrives.
      const answer = honest(command, self);
      if (submitted++ >= survived) throw new Error('the process dies here');
      return answer;
    };
    const dying = new AccountOpening({ store, engine, projection, telemetry });
    const outcome = await dying.open({ ...FIRST_ACCOUNT, userId });
    await dying[Symbol.asyncDispose]();
    expect(outcome.kind).toBe('created');
    const [before] = await store.byUsers([userId]);
    expect(before!.state).toBe(state);

    engine.answer = honest;
    const { restarted, finished } = restart(engine);
    await finished;
    await restarted[Symbol.asyncDispose]();
    expect((await store.byUsers([userId]))[0]!.state).toBe('OPEN');
    expect(opened).toEqual(new Set([before!.number]));
    expect([...deposits]).toEqual([[`${before!.number} mib:first-deposit`, 1_000_000_000]]);
  });
});

/** A new process on the same rows; `finished` once its recovery has opened an account. */
function restart(engine: ScriptedEngine): { restarted: AccountOpening; finished: Promise<void> } {
  let finish: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const watched: Pick<AccountStore, 'create' | 'advance' | 'unfinished'> = {
    create: (account, maximum) => store.create(account, maximum),
    unfinished: (limit) => store.unfinished(limit),
    async advance(number, from, to) {
      const moved = await store.advance(number, from, to);
      if (to === 'OPEN') finish();
      return moved;
    },
  };
  return { restarted: new AccountOpening({ store: watched, engine, projection, telemetry }), finished };
}
