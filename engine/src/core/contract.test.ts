// engine/core repeats the contract's numbers and places, for AssemblyScript cannot import them. Here both are held side by
// side: codes.ts as text, the names of records and rows by what the compiled core reads and writes under them.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { INSTRUMENT_STATES, ORDER_TYPES, SELF_TRADE_PREVENTIONS, TIMES_IN_FORCE, TRADING_STATES } from '@mib/model/trading';
import { MAX_CASH_UNITS } from '@mib/proto/command-rules';
import { CANCEL_REASONS, COMMAND_KINDS, COMMAND_STATUSES, EVENT_KINDS, REJECT_CODES } from '@mib/proto/engine-codes';
import * as engineCommands from '@mib/proto/engine-commands';
import * as layoutCommand from '@mib/proto/layout-command';
import * as layoutEvent from '@mib/proto/layout-event';
import { CURRENCY_BYTE, RECORD_BYTES, recordViews, TEXT_BYTE, TEXT_LENGTH_WORD, type RecordViews } from '@mib/proto/layout-record';
import * as layoutResult from '@mib/proto/layout-result';
import { exposedCore } from '../testing/exposed-core.ts';
import { FEED, INDICATIVE, INSTRUMENT } from './views.ts';

type Numbers = Readonly<Record<string, number>>;
type Place = readonly [view: 'words' | 'numbers' | 'longs', index: number];
type Places = Readonly<Record<string, Place>>;

const core = exposedCore();
const named = core as unknown as Readonly<Record<string, (at: number, value?: number | bigint) => number | bigint>>;
const { COMMAND, COMMAND_KIND: { QUERY: _, ...COMMAND_KIND } } = layoutCommand;
const { EVENT } = layoutEvent;
const { RESULT } = layoutResult;

const word = (index: number): Place => ['words', index];
const number = (index: number): Place => ['numbers', index];
const long = (index: number): Place => ['longs', index];
const text = (name: string): Places => Object.fromEntries(['', '1', '2', '3', '4'].map((part, index) => [name + part, long(TEXT_BYTE / 8 + index)]));

/** All members of a list have to be in the core's. */
const WHOLE: Readonly<Record<string, Numbers>> = {
  CODE: numbered(REJECT_CODES),
  STATUS: numbered(COMMAND_STATUSES),
  COMMAND_KIND,
  EVENT_KIND: layoutEvent.EVENT_KIND,
  ORDER_TYPE: layoutCommand.ORDER_TYPE,
  TIF: layoutCommand.TIF,
  TRADING_STATE: layoutCommand.TRADING_STATE,
  INSTRUMENT_STATE: layoutCommand.INSTRUMENT_STATE,
};
/** Of these the core knows only what it has to say something of. */
const IN_PART: Readonly<Record<string, Numbers>> = { REASON: numbered(CANCEL_REASONS), FEED_STATE: layoutCommand.FEED_STATE, STP: layoutCommand.STP, SIDE: layoutCommand.SIDE };
/** Constants outside of any list; the last three are the core's own. */
const ALONE: Readonly<Record<string, unknown>> = { ...engineCommands, ...layoutCommand, ...layoutEvent, ...layoutResult, MAX_CASH_UNITS, BUY_SIDE: 0, SELL_SIDE: 1, NONE: -1 };

const COMMAND_PLACES: Places = {
  kind: word(COMMAND.KIND), requestId: word(COMMAND.REQUEST_ID), sequence: number(COMMAND.SEQUENCE_NUMBER), timestampNs: long(COMMAND.TIMESTAMP_LONG),
  account: word(COMMAND.ACCOUNT), instrument: word(COMMAND.INSTRUMENT), side: word(COMMAND.SIDE), type: word(COMMAND.TYPE), tif: word(COMMAND.TIF),
  price: word(COMMAND.PRICE), quantity: number(COMMAND.QUANTITY_NUMBER), second: number(COMMAND.LOT_UNITS_NUMBER), ...text('text'),
  trigger: word(COMMAND.TRIGGER), display: word(COMMAND.DISPLAY), stream: word(COMMAND.STREAM), flags: word(COMMAND.FLAGS), receivedMs: number(COMMAND.RECEIVED_NUMBER),
  state: word(COMMAND.STATE), tickScale: word(COMMAND.TICK_SCALE), lotScale: word(COMMAND.LOT_SCALE), cashScale: word(COMMAND.CASH_SCALE),
  takerPpm: word(COMMAND.TAKER_PPM), makerPpm: word(COMMAND.MAKER_PPM), collar: word(COMMAND.COLLAR), orderId: number(COMMAND.QUANTITY_NUMBER),
  amountUnits: number(COMMAND.QUANTITY_NUMBER), tickUnits: number(COMMAND.QUANTITY_NUMBER), lotUnits: number(COMMAND.LOT_UNITS_NUMBER),
  expireMicros: number(COMMAND.EXPIRE_NUMBER), amendedQuantity: number(COMMAND.AMENDED_QUANTITY_NUMBER), venueTradeId: number(COMMAND.VENUE_TRADE_NUMBER),
  quantityUnits: number(COMMAND.QUANTITY_UNITS_NUMBER), quantityScale: word(COMMAND.QUANTITY_SCALE), venueTimeNs: long(COMMAND.VENUE_TIME_LONG), currency: long(CURRENCY_BYTE / 8),
};
const EVENT_PLACES: Places = {
  kind: word(EVENT.KIND), instrument: word(EVENT.INSTRUMENT), sequence: number(EVENT.SEQUENCE_NUMBER), timestampNs: long(EVENT.TIMESTAMP_LONG),
  commandSequence: number(EVENT.COMMAND_NUMBER), orderId: number(EVENT.ORDER_ID_NUMBER), account: word(EVENT.ACCOUNT), terms: word(EVENT.TERMS),
  price: word(EVENT.PRICE), quantity: word(EVENT.QUANTITY), remaining: word(EVENT.REMAINING), makerRemaining: word(EVENT.MAKER_REMAINING), ...text('text'),
  display: word(EVENT.DISPLAY), word27: word(EVENT.DISPLAY + 1), observed: number(EVENT.OBSERVED_NUMBER), limitFlags: word(EVENT.LIMIT_FLAGS), trigger: word(EVENT.TRIGGER),
  amount: number(EVENT.AMOUNT_NUMBER), imbalance: number(EVENT.IMBALANCE_NUMBER), total: number(EVENT.TOTAL_NUMBER), expireMicros: number(EVENT.EXPIRE_NUMBER),
  makerOrderId: number(EVENT.MAKER_ORDER_ID_NUMBER), makerAccount: word(EVENT.MAKER_ACCOUNT), takerFee: number(EVENT.TAKER_FEE_NUMBER), makerFee: number(EVENT.MAKER_FEE_NUMBER),
  venueTradeId: number(EVENT.VENUE_TRADE_NUMBER), venueTimeNs: long(EVENT.VENUE_TIME_LONG), currency: long(CURRENCY_BYTE / 8), limit: number(EVENT.LIMIT_NUMBER),
  quantityUnits: number(EVENT.QUANTITY_UNITS_NUMBER), quantityScale: word(EVENT.QUANTITY_SCALE), makerPpm: word(EVENT.MAKER_PPM), takerPpm: word(EVENT.TAKER_PPM), collar: word(EVENT.PRICE),
};
const RESULT_PLACES: Places = {
  kind: word(RESULT.KIND), requestId: word(RESULT.REQUEST_ID), sequence: number(RESULT.SEQUENCE_NUMBER), timestampNs: long(RESULT.TIMESTAMP_LONG),
  outcome: word(RESULT.OUTCOME), filledLots: word(RESULT.FILLED), orderId: number(RESULT.ORDER_ID_NUMBER), lastEvent: number(RESULT.LAST_EVENT_NUMBER),
  limit: number(RESULT.LIMIT_NUMBER), observed: number(RESULT.OBSERVED_NUMBER), stream: word(RESULT.STREAM), word17: word(RESULT.STREAM + 1),
  receivedMs: number(RESULT.RECEIVED_NUMBER), dueMicros: number(RESULT.DUE_NUMBER),
};
/** What the views do not read of an instrument has its place by nobody's word but the core's. */
const INSTRUMENT_PLACES: Places = {
  number: word(INSTRUMENT.NUMBER), tickScale: word(INSTRUMENT.TICK_SCALE), lotScale: word(INSTRUMENT.LOT_SCALE), cashScale: word(INSTRUMENT.CASH_SCALE),
  tickUnits: number(INSTRUMENT.TICK_UNITS_NUMBER), lotUnits: number(INSTRUMENT.LOT_UNITS_NUMBER), cashPerTickLot: number(4), currency: word(INSTRUMENT.CURRENCY),
  lastPrice: word(INSTRUMENT.LAST_PRICE), lastLots: word(INSTRUMENT.LAST_QUANTITY), lastSide: word(INSTRUMENT.LAST_SIDE), lastTimestampNs: long(INSTRUMENT.LAST_TIMESTAMP_LONG),
  ...text('id'), lastSequence: number(INSTRUMENT.LAST_SEQUENCE_NUMBER), changedNs: long(INSTRUMENT.CHANGED_TIMESTAMP_LONG), state: word(INSTRUMENT.STATE), unused: word(31),
};
const FEED_PLACES: Places = { state: number(FEED.STATE), lastTradeId: number(FEED.LAST_TRADE_ID), lastTradeMicros: number(FEED.LAST_TRADE_MICROS) };
const INDICATIVE_PLACES: Places = { price: number(INDICATIVE.PRICE), lots: number(INDICATIVE.LOTS), imbalance: number(INDICATIVE.IMBALANCE) };

describe('the numbers in engine/core/codes.ts', () => {
  const { lists, alone } = readCodes(sourceOf('codes.ts'));

  it.each(Object.keys(WHOLE))('%s are those of the contract, all of them', (name) => {
    expect(lists[name]).toEqual(WHOLE[name]);
  });

  it.each(Object.keys(IN_PART))('%s are those of the contract, as far as the core needs them', (name) => {
    expect(IN_PART[name]).toMatchObject(lists[name]!);
  });

  it('belong to a list of the contract or are a constant of it', () => {
    expect(Object.keys(lists).sort()).toEqual([...Object.keys(WHOLE), ...Object.keys(IN_PART)].sort());
    expect(ALONE).toMatchObject(alone);
  });

  it('count as the lists of the domain do', () => {
    expect([layoutCommand.ORDER_TYPE, layoutCommand.TIF, layoutCommand.TRADING_STATE, layoutCommand.INSTRUMENT_STATE].map(Object.keys)).toEqual([ORDER_TYPES, TIMES_IN_FORCE, TRADING_STATES, INSTRUMENT_STATES]);
    expect(Object.keys(layoutCommand.STP)).toEqual(SELF_TRADE_PREVENTIONS);
    expect([Object.keys(COMMAND_KIND), Object.keys(layoutEvent.EVENT_KIND)].map((names) => names.map(pascal))).toEqual([COMMAND_KINDS, EVENT_KINDS]);
  });
});

describe('the names of', () => {
  it('a command are read from where the contract writes them', () => {
    const views = records();
    views.words.forEach((_, index) => { views.words[index] = 0x4000_0000 + 0x10_0001 * index; });
    const read = Object.keys(COMMAND_PLACES).map((name) => [name, named[`command${capital(name)}`]!(core.recordsAt.value)]);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(Object.entries(COMMAND_PLACES).map(([name, [view, index]]) => [name, views[view][index]])));
  });

  it.each<[string, Places, string]>([
    ['Event', EVENT_PLACES, 'records.ts'],
    ['Result', RESULT_PLACES, 'records.ts'],
    ['Instrument', INSTRUMENT_PLACES, 'instruments.ts'],
    ['Feed', FEED_PLACES, 'feeds.ts'],
    ['Indicative', INDICATIVE_PLACES, 'indicative.ts'],
  ])('%s are written where its readers look, and nowhere else', (record, places) => {
    for (const [name, [view, index]] of Object.entries(places)) {
      const views = records();
      const value = view === 'longs' ? 0x1122_3344_5566_7788n : view === 'numbers' ? 1 / 3 : 0x1122_3344;
      named[record.toLowerCase() + capital(name)]!(core.recordsAt.value, value);
      const expected = recordViews(new ArrayBuffer(2 * RECORD_BYTES));
      expected[view][index] = value;
      expect([name, Buffer.from(views.bytes)]).toEqual([name, Buffer.from(expected.bytes)]);
    }
  });

  it.each([['Command', COMMAND_PLACES, 'records.ts'], ['Event', EVENT_PLACES, 'records.ts'], ['Result', RESULT_PLACES, 'records.ts'], ['Instrument', INSTRUMENT_PLACES, 'instruments.ts'], ['Feed', FEED_PLACES, 'feeds.ts'], ['Indicative', INDICATIVE_PLACES, 'indicative.ts']] as const)('%s are all compared', (record, places, file) => {
    expect(namesOf(record, sourceOf(file)).sort()).toEqual(Object.keys(places).sort());
  });

  it("the five words of an event's text are the command's, its length with them", () => {
    const views = records();
    views.bytes.fill(0x41, TEXT_BYTE, CURRENCY_BYTE);
    views.words[TEXT_LENGTH_WORD] = 36;
    named.eventSetText!(core.recordsAt.value + RECORD_BYTES, core.recordsAt.value as never);
    const [command, event] = [views.bytes.subarray(0, RECORD_BYTES), views.bytes.subarray(RECORD_BYTES)];
    expect(Buffer.from(event)).toEqual(Buffer.from(command));
  });
});

/** Two records of zeros in the core's memory. */
function records(): RecordViews {
  const views = recordViews(core.memory.buffer, core.recordsAt.value, 2 * RECORD_BYTES);
  views.bytes.fill(0);
  return views;
}

function sourceOf(file: string): string {
  return readFileSync(new URL(`../../core/${file}`, import.meta.url), 'utf8');
}

/** Namespaces by name, and the constants outside of any. */
function readCodes(source: string): { readonly lists: Readonly<Record<string, Numbers>>; readonly alone: Numbers } {
  const lists: Record<string, Record<string, number>> = {};
  const alone: Record<string, number> = {};
  let list = alone;
  for (const line of source.split('\n')) {
    const begun = /^export namespace (\w+) \{$/.exec(line);
    const constant = /^ *export const (\w+): (?:i32|f64) = (-?\w+)(?: << (\w+))?;$/.exec(line);
    if (begun) list = lists[begun[1]!] = {};
    else if (line === '}') list = alone;
    else if (constant) list[constant[1]!] = valueOf(constant[2]!) * 2 ** valueOf(constant[3] ?? '0');
    else if (line.includes('const')) throw new Error(`codes.ts has a line that this test does not read: ${line}`);
  }
  return { lists, alone };
}

/** Fields and accessors of a class. */
function namesOf(record: string, source: string): string[] {
  const body = new RegExp(`class ${record} \\{\\n(.*?)\\n\\}`, 's').exec(source)![1]!;
  return [...body.matchAll(/^ {2}(?:@inline [gs]et )?(\w+)(?::|\((?:value: \w+)?\)(?:: \w+)? \{ )/gm)].map(([, name]) => name!);
}

function valueOf(literal: string): number {
  return Number(literal.replaceAll('_', ''));
}

function numbered(list: readonly string[]): Numbers {
  return Object.fromEntries(list.map((name, index) => [name, index + 1]));
}

function capital(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

function pascal(name: string): string {
  return name.toLowerCase().split('_').map(capital).join('');
}
