/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { CoreDriver } from './core-driver.ts';
import { Core } from './core.ts';
import { openingCommands, anyCommand as command, setFees } from './naive/random-session.ts';
import { stateHash } from './state-hash.ts';
import { imageOf, loadImage, StateImageError, type Section } from './state-image.ts';

const anyCommand = fc.oneof({ weight: 20, arbitrary: command }, { weight: 1, arbitrary: setFees });

describe('the image of a state', () => {
  it('makes a fresh core the same core: equal hash, and the same commands give the same bytes afterwards', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { size: 'max', maxLength: 150 }), fc.array(anyCommand, { size: 'max', maxLength: 80 }), (before, after) => {
        const first = new CoreDriver();
        submitAll(first, [...openingCommands(), ...before]);
        const second = new CoreDriver(loaded(imageBytes(first.core)));
        expect(stateHash(second.core)).toBe(stateHash(first.core));
        expect(submitAll(second, after)).toEqual(submitAll(first, after));
        expect(stateHash(second.core)).toBe(stateHash(first.core));
      }),
      { numRuns: 8 },
    );
  });

  it('of nothing is empty', () => {
    expect(imageBytes(new Core()).map(({ name }) => name)).toEqual(['accounts/globalTradingState', 'books/levelFreeHead', 'books/orders/freeHead']);
  });

  it('names each part once, and a part that this version does not know is refused', () => {
    const driver = new CoreDriver();
    submitAll(driver, openingCommands());
    const sections = imageBytes(driver.core);
    expect(new Set(sections.map(({ name }) => name)).size).toBe(sections.length);
    expect(() => loaded([...sections, { name: 'fees/more', bytes: new Uint8Array(8) }])).toThrow('section fees/more is unknown to this version');
    const cut = sections.map((section) => (section.name === 'instruments/words' ? { ...section, bytes: section.bytes.subarray(4) } : section));
    expect(() => loaded(cut)).toThrow(StateImageError);
  });
});

function submitAll(driver: CoreDriver, commands: readonly EngineCommand[]): Buffer[] {
  return commands.map((command) => Buffer.from(driver.submit(command).eventBytes));
}

function imageBytes(core: Core): Section[] {
  const sections: Section[] = [];
  imageOf(core, ({ name, bytes }) => sections.push({ name, bytes: bytes.slice() }));
  return sections;
}

function loaded(sections: readonly Section[]): Core {
  const core = new Core();
  loadImage(core, sections);
  return core;
}
