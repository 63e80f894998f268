/** @jest-environment-options {"customExportConditions": ["node", "node-addons", "small-core"]} */

import { describe, expect, it } from '@jest/globals';
import { propertyRuns } from '@mib/testkit/property-runs';
import { runSession } from './session.ts';

/** A few seconds of one processor; `npm run simulate` has thousands. */
const SESSIONS = propertyRuns(100);
const TIMEOUT_MS = 180_000;

describe('the engine in the simulator', () => {
  it(
    'keeps its promises through faults of the disk, power cuts and kills',
    () => {
      let deaths = 0;
      for (let seed = 1; seed <= SESSIONS; seed++) deaths += runSession(seed).deaths;
      expect(deaths).toBeGreaterThan(SESSIONS);
    },
    TIMEOUT_MS,
  );

  it('does the same again for the same seed', () => {
    const traces = [1, 1, 2].map((seed) => {
      const lines: string[] = [];
      runSession(seed, (line) => lines.push(line));
      return lines.join('\n');
    });
    expect(traces[0]).toBe(traces[1]);
    expect(traces[0]).not.toBe(traces[2]);
  });
});
