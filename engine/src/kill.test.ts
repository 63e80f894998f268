// kill -9 of an engine under load, over and over, with a snapshot every few hundred commands. MIB_KILLS=50 for the proof.

import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectEngine, type CommandResult, type EngineClient } from '@mib/proto/engine-client';
import type { PlaceOrder } from '@mib/proto/engine-commands';
import { startEngine } from '@mib/testkit/engine-process';
import { seededRandom } from '@mib/testkit/random';

const VERIFY = fileURLToPath(new URL('./verify.js', import.meta.url));
const KILLS = Number(process.env['MIB_KILLS'] ?? 4);
const ROUND_MS = 30_000;
const SEED = 20_261_122;
const LANES = 32;
const USERS = [1000, 1001] as const;
const COMMANDS_PER_SNAPSHOT = 150;
const SNAPSHOT_ROUND = 2;

describe('an engine that is killed', () => {
  it(`has every acknowledged command again, none twice, and its state is the journal's, ${KILLS} times (seed ${SEED})`, async () => {
    using folder = temporaryFolder();
    const random = seededRandom(SEED);
    const acknowledged = new Map<string, CommandResult>();
    const starts = new Set<number>();
    for (let round = 0; round <= KILLS; round++) {
      const verified = round === 0 ? undefined : verify(folder.path);
      await using engine = await startEngine({ dataDirectory: folder.path, variables: { ENGINE_SNAPSHOT_COMMANDS: String(COMMANDS_PER_SNAPSHOT) } });
      await using client = connectEngine(engine);
      if (round === 0) await openMarket(client);
      if (verified) {
        const { stateHash, lastCommandSequence, lastEventSequence } = await client.status();
        expect({ round, ...verified }).toMatchObject({ round, lastSequence: lastCommandSequence, lastEventSequence, stateHash });
        starts.add(Math.max(...verified.from));
      }
      await expectAllThere(client, acknowledged);
      if (round === KILLS) break;
      // Snapshots are taken at the lowest priority; one round sees to it that the next start finds one.
      const isForSnapshot = round === SNAPSHOT_ROUND;
      const kill = async (): Promise<void> => {
        if (isForSnapshot) await aSnapshot(folder.path);
        await engine.kill('SIGKILL');
      };
      await loadUntilKilled({ client, round, random, acknowledged, acknowledgements: (isForSnapshot ? COMMANDS_PER_SNAPSHOT : 50) + Math.floor(random() * 600), kill });
    }
    expect(Math.max(...starts)).toBeGreaterThan(0);
    // Two, and a third for the moment between naming it and removing the oldest.
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.snap')).length).toBeLessThanOrEqual(3);
  }, (KILLS + 1) * ROUND_MS);
});

interface Load {
  readonly client: EngineClient;
  readonly round: number;
  readonly random: () => number;
  readonly acknowledged: Map<string, CommandResult>;
  /** After so many the engine is killed; those on their way stay unknown. */
  readonly acknowledgements: number;
  readonly kill: () => Promise<void>;
}

/** Many orders under way at once until the engine is gone; remembers what was acknowledged. */
async function loadUntilKilled(load: Load): Promise<void> {
  let answered = 0;
  let killed: Promise<void> | undefined;
  const lane = async (number: number): Promise<void> => {
    for (let i = 0; killed === undefined; i++) {
      const command = order(`r${load.round}-${number}-${i}`, USERS[number % 2]!, load.random);
      const result = await load.client.submit(command).catch(() => undefined);
      if (result === undefined) return;
      load.acknowledged.set(JSON.stringify(command), result);
      if (++answered === load.acknowledgements) killed = load.kill();
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
  await killed;
}

async function openMarket(client: EngineClient): Promise<void> {
  await client.submit({ kind: 'RegisterInstrument', instrumentNumber: 1, instrumentId: 'A.XSIM', tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
  for (const accountNumber of USERS) {
    await client.submit({ kind: 'OpenAccount', accountNumber });
    await client.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1_000_000, clientOrderId: 'deposit' });
  }
}

function order(clientOrderId: string, accountNumber: number, random: () => number): PlaceOrder {
  const side = random() < 0.5 ? 'BUY' : 'SELL';
  return { kind: 'PlaceOrder', accountNumber, clientOrderId, instrumentNumber: 1, side, type: 'LIMIT', tif: 'GTC', limitPriceTicks: 98 + Math.floor(random() * 5), quantityLots: 1 };
}

/** Asks every acknowledged command again: the answer must be the old one, so it was kept and is not applied twice. */
async function expectAllThere(client: EngineClient, acknowledged: ReadonlyMap<string, CommandResult>): Promise<void> {
  const again = await Promise.all([...acknowledged].map(async ([command, result]) => ({ again: await client.submit(JSON.parse(command) as PlaceOrder), result })));
  for (const one of again) expect(one.again).toEqual({ ...one.result, replayed: true });
}

/** Resolves when a snapshot stands in the directory. */
function aSnapshot(directory: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, look);
    look();
    function look(): void {
      if (!readdirSync(directory).some((name) => name.endsWith('.snap'))) return;
      watcher.close();
      resolve();
    }
  });
}

/** Replays what the dead engine left, by another process. */
function verify(directory: string): { readonly stateHash: string; readonly from: readonly number[] } {
  return JSON.parse(execFileSync(process.execPath, [VERIFY, directory], { encoding: 'utf8' })) as { stateHash: string; from: number[] };
}

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'mib-kill-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
