/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import * as capacities from './capacities.ts';
import { CoreFailure, instantiateCore, type CoreExports } from './core-module.ts';

/** Of a function how many values it takes. Names and counts follow from the interface, or this does not compile. */
type Shape = { readonly [Name in keyof CoreExports]: CoreExports[Name] extends (...values: infer Values) => unknown ? Values['length'] : CoreExports[Name] extends WebAssembly.Memory ? 'memory' : 'number' };

const SHAPE: Shape = {
  memory: 'memory', commandsAt: 'number', eventsAt: 'number', eventCount: 'number', resultsAt: 'number', resultCount: 'number',
  commandSequence: 'number', lastEventSequence: 'number', openOrders: 'number',
  apply: 1, clearOutput: 0, contents: 0, rebuild: 0, expiryDueMicros: 0,
  findAccount: 1, accountNumberOf: 1, isUser: 1, tradingStateOf: 1, findInstrument: 1,
  accountCount: 0, currencyCount: 0, instrumentCount: 0, limitCount: 0, positionCount: 0, currencyCodeAt: 1,
  cashTotal: 2, cashLocked: 2,
  firstPosition: 1, nextPosition: 1, positionInstrument: 1, positionQuantity: 1, positionOpenBuyLots: 1, positionOpenSellLots: 1,
  limitAccount: 1, limitInstrument: 1, limitMaxPositionLots: 1, limitCollarBasisPoints: 1,
  instrumentRow: 1, feedRow: 1, indicativeRow: 1,
  bestLevel: 2, worseLevel: 3, levelPrice: 1, levelShown: 1, levelOrders: 1,
};

function freshCore(): CoreExports {
  return instantiateCore({ number: (_, value) => value, array: () => undefined });
}

describe('the compiled core', () => {
  it('exports what CoreExports says and the constants that the host reads, and nothing else', () => {
    const constants = Object.fromEntries([...Object.keys(capacities), 'MAX_COMMANDS_PER_CALL'].map((name) => [name, 'number']));
    expect(Object.fromEntries(Object.entries(freshCore()).map(([name, value]) => [name, shapeOf(value)]))).toEqual({ ...SHAPE, ...constants });
  });

  it('says which command it does not know, and where in its source that is', () => {
    const core = freshCore();
    new Float64Array(core.memory.buffer, core.commandsAt.value, 2)[1] = 7;
    expect(() => core.apply(1)).toThrow(CoreFailure);
    expect(() => core.apply(1)).toThrow(/^command 7(\.0)? has unknown kind 0 \(core\.ts:\d+\)$/);
  });
});

function shapeOf(value: unknown): unknown {
  if (typeof value === 'function') return value.length;
  if (value !== null && typeof value === 'object' && 'buffer' in value) return 'memory';
  return typeof (value as { readonly value: unknown }).value;
}
