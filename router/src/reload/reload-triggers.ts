// What makes a running router read its files again: SIGHUP, and their change on disk where that is asked for. Folders are
// watched, not files, since a file that is replaced whole is another file; a burst of changes is one.

import { watch } from 'node:fs';
import { dirname } from 'node:path';

export interface ReloadTriggers {
  /** Empty: nothing is watched. */
  readonly files: readonly string[];
  readonly reload: () => void;
}

/** Longer than an editor or a deployment takes between its writes. */
const SETTLE_MS = 200;

export function onReloadTrigger({ files, reload }: ReloadTriggers): AsyncDisposable {
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE_MS);
  };
  const watchers = [...new Set(files.map((file) => dirname(file)))].map((folder) => watch(folder, soon));
  // In a terminal SIGHUP says that it closed, and ends the process as ever.
  const heeded = !process.stdin.isTTY;
  if (heeded) process.on('SIGHUP', reload);
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      process.off('SIGHUP', reload);
      for (const watcher of watchers) watcher.close();
    },
  };
}
