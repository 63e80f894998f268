// The longest suites first, so that no worker is left alone with one at the end. A fresh clone has no durations of runs
// before, and jest would then go by the size of the files.
import TestSequencer from '@jest/test-sequencer';

/** Parts of the paths of suites that take ten seconds and more, longest first; one that is missing is merely started later. */
const SLOW = [
  'e2e/live-feed/', 'e2e/readme/', 'e2e/deployment/compose-processes', 'e2e/console/', 'e2e/crash/',
  'event-bus/kafka-mock-cluster', 'data-ingestion/test/import-crash', 'engine/dist/storage-failure', 'router/test/federation', 'router/dist/subscribe/subscribe',
  'imports/file-imports', 'engine/dist/gateway/door', 'risk-engine/test/', 'trading-engine/test/', 'router/dist/reload/reload', 'engine/dist/engine-process', 'data-ingestion/dist/subgraph',
  'engine/dist/journal-cli', 'engine/dist/kill', 'router/dist/router.test', 'core/naive/naive-exchange', 'second-factor', 'engine/dist/simulator/', 'kraken-schedules', 'binance-schedules', 'engine/dist/determinism',
];

export default class SlowFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = SLOW.findIndex((part) => path.includes(`/${part}`));
      return index === -1 ? SLOW.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
