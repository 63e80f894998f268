// One batch of engine events against the rules, in one transaction: what fired, the rules' new states and the checkpoint
// are stored together or not at all, so a crash neither loses a firing nor repeats one. Of two instances that follow the
// same engine one evaluates an event and the other finds it done.

import type { EngineEvent } from '@mib/proto/engine-client';
import { inTransaction } from '@mib/service/database';
import type pg from 'pg';
import type { AlertRule } from '../domain/alert-rule.ts';
import type { TickedInstrument } from '../domain/instrument.ts';
import { draftOfFiring } from '../domain/notification.ts';
import { RuleBook, type Firing } from '../domain/rule-book.ts';
import { ENGINE_STREAM, EVALUATION_LOCK } from './evaluation-lock.ts';
import { addNotifications } from './inbox.ts';
import { RULE_COLUMNS, instrumentOfRow, ruleOfRow, type RuleRow } from './rows.ts';

/** Events that change nothing move the stored checkpoint only this often: a restart re-reads them cheaply. */
const CHECKPOINT_EVERY_EVENTS = 20_000;

type Registration = Extract<EngineEvent, { kind: 'InstrumentRegistered' }>;

/** What an evaluator remembers between batches. It is right as long as the stored checkpoint and version are these. */
export interface Memory {
  readonly storedSequence: number;
  readonly rulesVersion: number;
  readonly book: RuleBook;
  readonly instruments: ReadonlyMap<number, TickedInstrument>;
}

export interface EvaluatedBatch {
  readonly memory: Memory;
  readonly fired: number;
}

/** Where the evaluation stands; 0 before the first batch. */
export async function loadCheckpoint(pool: pg.Pool): Promise<number> {
  await pool.query('insert into notification.checkpoints (stream, sequence) values ($1, 0) on conflict do nothing', [ENGINE_STREAM]);
  return (await readCheckpoint(pool)).sequence;
}

/**
 * Shows events to the rules.
 *
 * @param memory - of the batch before; undefined at first and after any failure, since a failed batch has changed the book.
 */
export function evaluateBatch(pool: pg.Pool, events: readonly EngineEvent[], memory: Memory | undefined): Promise<EvaluatedBatch> {
  return inTransaction(pool, async (client) => {
    await client.query(EVALUATION_LOCK);
    const { sequence, rulesVersion } = await readCheckpoint(client);
    const ours = events.filter((event) => event.sequence > sequence);
    const registrations = ours.filter((event): event is Registration => event.kind === 'InstrumentRegistered');
    await addInstruments(client, registrations);
    const valid = memory?.storedSequence === sequence && memory.rulesVersion === rulesVersion && registrations.length === 0;
    const { book, instruments } = valid ? memory : await loadBook(client);
    const { changed, firings } = book.observe(ours.filter((event) => event.kind === 'Trade'));
    const through = Math.max(sequence, events.at(-1)?.sequence ?? 0);
    const stores = changed.length > 0 || registrations.length > 0 || through - sequence >= CHECKPOINT_EVERY_EVENTS;
    if (stores) await store(client, { changed, firings, instruments, through });
    return { memory: { storedSequence: stores ? through : sequence, rulesVersion, book, instruments }, fired: firings.length };
  });
}

interface Results {
  readonly changed: readonly AlertRule[];
  readonly firings: readonly Firing[];
  readonly instruments: ReadonlyMap<number, TickedInstrument>;
  readonly through: number;
}

async function store(client: pg.PoolClient, { changed, firings, instruments, through }: Results): Promise<void> {
  await writeStates(client, changed);
  await addNotifications(client, firings.map((firing) => draftOfFiring(firing, instruments.get(firing.rule.instrumentNumber)!)));
  await client.query('update notification.checkpoints set sequence = $2 where stream = $1', [ENGINE_STREAM, through]);
}

async function readCheckpoint(client: pg.Pool | pg.PoolClient): Promise<{ sequence: number; rulesVersion: number }> {
  const { rows } = await client.query<{ sequence: string; rules_version: string }>('select sequence, rules_version from notification.checkpoints where stream = $1', [ENGINE_STREAM]);
  return { sequence: Number(rows[0]!.sequence), rulesVersion: Number(rows[0]!.rules_version) };
}

async function loadBook(client: pg.PoolClient): Promise<Pick<Memory, 'book' | 'instruments'>> {
  const rules = await client.query<RuleRow>(`select ${RULE_COLUMNS} from notification.rules where enabled`);
  const instruments = await client.query<Parameters<typeof instrumentOfRow>[0]>('select number, id, trim_scale(tick_size)::text as "tickSize" from notification.instruments');
  return { book: new RuleBook(rules.rows.map(ruleOfRow)), instruments: new Map(instruments.rows.map((row) => [row.number, instrumentOfRow(row)])) };
}

/** The engine never changes a registration, so the first one stays. */
async function addInstruments(client: pg.PoolClient, registrations: readonly Registration[]): Promise<void> {
  if (registrations.length === 0) return;
  await client.query('insert into notification.instruments (number, id, tick_size) select * from unnest($1::int[], $2::text[], $3::numeric[]) on conflict do nothing', [
    registrations.map((each) => each.instrumentNumber), registrations.map((each) => each.instrumentId), registrations.map((each) => each.tickSize),
  ]);
}

async function writeStates(client: pg.PoolClient, rules: readonly AlertRule[]): Promise<void> {
  if (rules.length === 0) return;
  const states = rules.map((rule) => rule.state);
  await client.query(
    `update notification.rules r set beyond = v.beyond, anchor_ticks = v.anchor_ticks, anchor_ns = v.anchor_ns, last_fired_ns = v.last_fired_ns
     from unnest($1::uuid[], $2::bool[], $3::int[], $4::bigint[], $5::bigint[]) as v(id, beyond, anchor_ticks, anchor_ns, last_fired_ns) where r.id = v.id`,
    [rules.map((rule) => rule.id), states.map((state) => state.beyond), states.map((state) => state.anchor?.ticks ?? null), states.map((state) => state.anchor?.ns ?? null), states.map((state) => state.lastFiredNs)],
  );
}
