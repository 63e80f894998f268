import { describe, expect, it } from '@jest/globals';
import type { ManagedProcess } from './managed-process.ts';
import { SupervisedProcess } from './supervisor.ts';

describe('SupervisedProcess', () => {
  it('starts a process again when it dies, and tells the new one about the old one', async () => {
    const started: (number | undefined)[] = [];
    const { lines, said, supervised, processes } = await supervise((previous) => started.push(previous?.pid));
    processes[0]?.die('killed by SIGKILL');
    await said(2);
    expect(lines).toEqual(['thing ended (killed by SIGKILL), restarting', 'thing is back, process id 2']);
    expect(started).toEqual([undefined, 1]);
    expect(supervised.current.pid).toBe(2);
    await supervised[Symbol.asyncDispose]();
  });

  it('tries again when a restart fails', async () => {
    let failures = 2;
    const { lines, said, supervised, processes } = await supervise((previous) => {
      if (previous && (failures -= 1) >= 0) throw new Error('port is busy');
    });
    processes[0]?.die('exit code 1');
    await said(4);
    expect(lines.slice(1)).toEqual(['thing did not start: port is busy', 'thing did not start: port is busy', 'thing is back, process id 2']);
    await supervised[Symbol.asyncDispose]();
  });

  it('does not restart what it is asked to stop', async () => {
    const { lines, supervised, processes } = await supervise();
    await supervised[Symbol.asyncDispose]();
    expect(processes).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  it('names the process whose first start fails', async () => {
    await expect(supervise(() => { throw new Error('no such file'); })).rejects.toThrow('thing did not start: no such file');
  });
});

class FakeProcess implements ManagedProcess {
  readonly pid: number;
  readonly ended: Promise<string>;
  die: (reason: string) => void = () => undefined;

  constructor(pid: number) {
    this.pid = pid;
    this.ended = new Promise((resolve) => (this.die = resolve));
  }

  async stop(): Promise<void> {
    this.die('asked to');
  }
}

interface Supervision {
  readonly supervised: SupervisedProcess<FakeProcess>;
  readonly processes: readonly FakeProcess[];
  readonly lines: readonly string[];
  /** Resolves when so many lines have been reported. */
  said(count: number): Promise<void>;
}

async function supervise(onStart: (previous: FakeProcess | undefined) => unknown = () => undefined): Promise<Supervision> {
  const processes: FakeProcess[] = [];
  const lines: string[] = [];
  let changed: () => void = () => undefined;
  const supervised = await SupervisedProcess.start<FakeProcess>({
    name: 'thing',
    start: async (previous) => {
      onStart(previous);
      const process = new FakeProcess(processes.length + 1);
      processes.push(process);
      return process;
    },
    report: (line) => {
      lines.push(line);
      changed();
    },
    onGiveUp: () => undefined,
    onStarted: () => undefined,
  });
  const said = async (count: number): Promise<void> => {
    while (lines.length < count) await new Promise<void>((resolve) => (changed = resolve));
  };
  return { supervised, processes, lines, said };
}
